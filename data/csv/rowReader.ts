import { InputError } from '../../spec/errors.ts';
import { count } from '../count.ts';
import type { Table } from '../table.ts';
import { ColumnBuilder } from './columnBuilder.ts';
import { refuseInvalidUtf8, refuseNul } from './refuse.ts';
import { type Cells, newCells, scan, scanRow, unescape } from './scanRow.ts';

export interface Limits {
  maxRowBytes: number;
  maxColumns: number;
  maxRows: number;
}

/** How the rows of a file are to be read. */
export interface Layout extends Limits {
  /** The file, for messages. */
  name: string;
  delimiter: string;
  header: boolean;
  /** Bytes of the byte order mark. */
  mark: number;
  names: readonly string[];
  textColumns?: readonly string[];
}

export interface RowReader {
  /** Reads the whole rows of `window` and answers what is left of it. */
  read(window: Uint8Array, last: boolean): Uint8Array;
  finish(bytes: number): Table;
}

/** Reads rows into typed columns, window by window. Throws InputError naming the line. */
export const rowReader = (layout: Layout): RowReader => {
  const { name, names, header, maxRowBytes, maxRows, maxColumns } = layout;
  const delimiter = layout.delimiter.charCodeAt(0);
  const width = names.length;
  const cells = newCells(maxColumns);
  const builders = names.map((column) => new ColumnBuilder(column, layout.textColumns?.includes(column)));
  const kept: Uint8Array[] = [];
  let offset = 0;
  let line = 1;
  let rows = 0;
  let headerDue = header;
  let skip = layout.mark;
  const refuseRow = (code: number, size: number) => {
    if (code !== scan.incomplete || size > maxRowBytes) throw badRow(code, layout, line);
  };
  return {
    read(window, last) {
      refuseNul(name, window, offset);
      const start = skip;
      skip = 0;
      let at = start;
      const firstLine = line;
      while (at < window.length) {
        const next = Math.min(scanRow(window, at, last, delimiter, cells), window.length);
        if (next < 0) {
          refuseRow(next, window.length - at);
          break;
        }
        if (next - at > maxRowBytes) throw badRow(scan.incomplete, layout, line);
        if (!cells.blank && cells.count !== width)
          throw new InputError({
            what: `${name} has ${count(cells.count, 'cell')} in line ${line}`,
            where: headerDue ? `line ${line}` : `line ${line}, data row ${rows + 1}`,
            expected: `${count(width, 'cell')}${header ? ', one for each column of the header' : ', as in the first row'}`,
            todo: 'Add or remove cells there, and put text that holds the separator in double quotes',
          });
        if (headerDue && !cells.blank) headerDue = false;
        else if (!cells.blank) {
          if (++rows > maxRows) throw new InputError({ what: `${name} has more than ${maxRows} rows` });
          addRow(window, cells, builders);
        }
        line += cells.lines;
        at = next;
      }
      refuseInvalidUtf8(name, window.subarray(start, at), firstLine);
      kept.push(window.subarray(start, at));
      offset += at;
      return window.subarray(at);
    },
    finish(bytes) {
      if (rows === 0)
        throw new InputError({
          what: `${name} has a header and no rows`,
          where: 'line 1',
          expected: 'rows of data below the names of the columns',
          todo: 'Put in the data and try again',
        });
      rereadMixed(kept, layout, builders);
      const infinite = builders.find(({ infiniteRow }) => infiniteRow >= 0);
      if (infinite)
        throw new InputError({
          what: `${name} holds an infinite number in column ${infinite.name}`,
          where: `data row ${infinite.infiniteRow + 1}`,
          expected: 'finite numbers that a double can hold',
          todo: 'Write a number, or leave the cell empty when it is not known',
        });
      return {
        name,
        rows,
        columns: builders.map((builder) => builder.finish()),
        format: { bytes, delimiter: layout.delimiter, header },
      };
    },
  };
};

let scratch = new Uint8Array(1024);

const addRow = (bytes: Uint8Array, cells: Cells, builders: readonly (ColumnBuilder | undefined)[]) => {
  for (let index = 0; index < cells.count; index++) {
    const builder = builders[index];
    if (!builder) continue;
    const start = cells.starts[index] ?? 0;
    const end = cells.ends[index] ?? 0;
    if (cells.escaped[index]) {
      if (scratch.length < end - start) scratch = new Uint8Array((end - start) * 2);
      builder.add(scratch, 0, unescape(bytes, start, end, scratch));
    } else builder.add(bytes, start, end);
  }
};

const rereadMixed = (
  kept: readonly Uint8Array[],
  { header, delimiter, maxColumns }: Layout,
  builders: ColumnBuilder[],
) => {
  const again = builders.map((builder) => (builder.mixed ? new ColumnBuilder(builder.name, true) : undefined));
  if (!again.some(Boolean)) return;
  const cells = newCells(maxColumns);
  let headerDue = header;
  for (const bytes of kept)
    for (let at = 0; at < bytes.length;) {
      at = scanRow(bytes, at, true, delimiter.charCodeAt(0), cells);
      if (cells.blank) continue;
      if (headerDue) headerDue = false;
      else addRow(bytes, cells, again);
    }
  for (const [index, builder] of again.entries()) if (builder) builders[index] = builder;
};

const badRow = (code: number, { name, maxRowBytes, maxColumns }: Layout, line: number) => {
  const where = `line ${line}`;
  const quotes = 'Close every double quote, and double the quotes inside a quoted cell';
  if (code === scan.unclosedQuote)
    return new InputError({ what: `${name} has a double quote that is never closed`, where, todo: quotes });
  if (code === scan.textAfterQuote)
    return new InputError({
      what: `${name} has text between a closing double quote and the next separator`,
      where,
      todo: quotes,
    });
  if (code === scan.tooManyColumns)
    return new InputError({
      what: `${name} has more than ${maxColumns} cells in one row`,
      where,
      expected: `at most ${maxColumns} columns`,
      todo: 'Check that the rows end with a line break',
    });
  return new InputError({
    what: `${name} has a row of more than ${maxRowBytes} bytes`,
    where,
    expected: 'rows that end with a line break',
    todo: 'Check for missing line breaks and for a double quote that is never closed',
  });
};

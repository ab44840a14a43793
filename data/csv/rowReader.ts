import { InputError } from '../../spec/errors.ts';
import { count } from '../count.ts';
import { refuseInvalidUtf8, refuseNul } from './refuse.ts';
import { type Cells, newCells, scan, scanRow } from './scanRow.ts';

export interface Limits {
  maxRowBytes: number;
  maxColumns: number;
  maxRows: number;
}

/** How the rows of a file are to be read. */
export interface Layout {
  /** The file, for messages. */
  name: string;
  delimiter: string;
  header: boolean;
  /** Bytes of the byte order mark. */
  mark: number;
  names: readonly string[];
}

/** Takes the data rows of a file in their order; `cells` are places in `bytes` and hold until the next row. */
export interface RowSink {
  row(bytes: Uint8Array, cells: Cells, line: number): void;
}

export interface Scanned {
  layout: Layout;
  /** Data rows, without header and blank lines. */
  rows: number;
  bytes: number;
}

export interface RowReader {
  /** Reads the whole rows of `window` and answers what is left of it. */
  read(window: Uint8Array, last: boolean): Uint8Array;
  finish(): Omit<Scanned, 'bytes'>;
}

/** Reads rows, window by window. Throws InputError naming the line. */
export const rowReader = (layout: Layout, limits: Limits, sink: RowSink): RowReader => {
  const { name, names, header } = layout;
  const { maxRowBytes, maxRows, maxColumns } = limits;
  const delimiter = layout.delimiter.charCodeAt(0);
  const width = names.length;
  const cells = newCells(maxColumns);
  let offset = 0;
  let line = 1;
  let rows = 0;
  let headerDue = header;
  let skip = layout.mark;
  const refuseRow = (code: number, size: number) => {
    if (code !== scan.incomplete || size > maxRowBytes) throw badRow(code, name, limits, line);
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
        if (next - at > maxRowBytes) throw badRow(scan.incomplete, name, limits, line);
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
          sink.row(window, cells, line);
        }
        line += cells.lines;
        at = next;
      }
      refuseInvalidUtf8(name, window.subarray(start, at), firstLine);
      offset += at;
      return window.subarray(at);
    },
    finish() {
      if (rows === 0)
        throw new InputError({
          what: `${name} has a header and no rows`,
          where: 'line 1',
          expected: 'rows of data below the names of the columns',
          todo: 'Put in the data and try again',
        });
      return { layout, rows };
    },
  };
};

const badRow = (code: number, name: string, { maxRowBytes, maxColumns }: Limits, line: number) => {
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

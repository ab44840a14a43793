/**
 * Rows that our own scanner has read, written down so that no reader can read them differently: cells trimmed, quoted where
 * they have to be, missing ones empty (unless all cells are wanted as they are spelled), rows ended by a line feed. What every cell of a column is, is known when all were seen.
 */
import { writeSync } from 'node:fs';
import { isMissingAt, numberAt } from '../cell.ts';
import type { RowSink } from '../csv/rowReader.ts';
import { unescape, type Cells } from '../csv/scanRow.ts';

/** What the cells of one column are. */
export interface Seen {
  numbers: number;
  texts: number;
  /** The first data row (from 1) that holds an infinite number, 0 for none. */
  infinite: number;
}

const comma = 44;
const quote = 34;
const lineFeed = 10;
const bufferBytes = 2 ** 20;

/** Writes normalised rows to an open file; `finish` after the last row. */
export const normaliser = (
  file: number,
  columns: number,
  { allText = false }: { allText?: boolean | undefined } = {},
): RowSink & { finish(): Seen[] } => {
  const seen = Array.from({ length: columns }, (): Seen => ({ numbers: 0, texts: 0, infinite: 0 }));
  let buffer = Buffer.allocUnsafe(bufferBytes);
  let scratch = new Uint8Array(1024);
  let at = 0;
  let rows = 0;
  const flush = () => {
    for (let done = 0; done < at;) done += writeSync(file, buffer, done, at - done);
    at = 0;
  };
  const reserve = (bytes: number) => {
    if (at + bytes <= buffer.length) return;
    flush();
    if (bytes > buffer.length) buffer = Buffer.allocUnsafe(bytes);
  };
  const put = (bytes: Uint8Array, start: number, end: number) => {
    // Doubled quotes at the worst.
    reserve(2 * (end - start) + 3);
    let plain = true;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === quote || byte === comma || byte === lineFeed || byte === 13) plain = false;
    }
    if (plain) for (let i = start; i < end; i++) buffer[at++] = bytes[i]!;
    else {
      buffer[at++] = quote;
      for (let i = start; i < end; i++) {
        if (bytes[i] === quote) buffer[at++] = quote;
        buffer[at++] = bytes[i]!;
      }
      buffer[at++] = quote;
    }
  };
  const note = (bytes: Uint8Array, start: number, end: number, column: Seen) => {
    const value = numberAt(bytes, start, end);
    if (Number.isNaN(value)) column.texts++;
    else column.numbers++;
    if (column.infinite === 0 && (value === Infinity || value === -Infinity)) column.infinite = rows;
  };
  const cell = (bytes: Uint8Array, start: number, end: number, column: Seen) => {
    if (!allText) {
      if (isMissingAt(bytes, start, end)) return;
      note(bytes, start, end, column);
    }
    put(bytes, start, end);
  };
  return {
    row(bytes, cells: Cells) {
      rows++;
      for (let i = 0; i < cells.count; i++) {
        const column = seen[i]!;
        const [start, end] = [cells.starts[i]!, cells.ends[i]!];
        if (cells.escaped[i]) {
          if (scratch.length < end - start) scratch = new Uint8Array((end - start) * 2);
          cell(scratch, 0, unescape(bytes, start, end, scratch), column);
        } else cell(bytes, start, end, column);
        reserve(2);
        buffer[at++] = i === cells.count - 1 ? lineFeed : comma;
      }
    },
    finish() {
      flush();
      return seen;
    },
  };
};

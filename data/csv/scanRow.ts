/**
 * One row of delimited text, at byte level. Why not a kept library: of those tried, udsv and papaparse (50 ms for Adult,
 * 4 MB) cut a quoted cell that follows a space at its inner comma, and udsv drops ragged rows without a word; csv-parse reads
 * everything rightly but takes 290 ms before any typing, 5 MB/s as a stream. This scanner finds the cells without making
 * strings, so a row's size is bounded before anything is kept, and numbers and levels go straight into typed columns.
 */

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;

/** The cells of the row read last, reused from row to row: `starts[i]`..`ends[i]` are trimmed and without quotes. */
export interface Cells {
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  /** 1 where the cell holds doubled quotes that `unescape` must halve. */
  escaped: Uint8Array;
  /** Physical lines that the row took: more than one when quoted cells hold line breaks. */
  lines: number;
  /** Whether the row is an empty line. */
  blank: boolean;
}

export const newCells = (maxColumns: number): Cells => ({
  count: 0,
  starts: new Int32Array(maxColumns),
  ends: new Int32Array(maxColumns),
  escaped: new Uint8Array(maxColumns),
  lines: 0,
  blank: false,
});

/** What `scanRow` answers instead of an offset. */
export const scan = { incomplete: -1, unclosedQuote: -2, textAfterQuote: -3, tooManyColumns: -4 } as const;

/**
 * Reads the row that starts at `from` into `cells` and returns the offset behind it, or one of `scan`.
 * `last`: nothing follows `bytes`, so that the end of the bytes ends the row.
 */
export const scanRow = (bytes: Uint8Array, from: number, last: boolean, delimiter: number, cells: Cells): number => {
  const to = bytes.length;
  const { starts, ends, escaped } = cells;
  const capacity = starts.length;
  const alsoBlank = delimiter === tab ? space : tab;
  let count = 0;
  let lines = 1;
  let at = from;
  for (;;) {
    while (at < to && (bytes[at] === space || bytes[at] === alsoBlank)) at += 1;
    if (count === capacity) return scan.tooManyColumns;
    let start = at;
    let end: number;
    let doubled = 0;
    const quoted = at < to && bytes[at] === quote;
    if (quoted) {
      start = ++at;
      for (;;) {
        if (at >= to) return last ? scan.unclosedQuote : scan.incomplete;
        const byte = bytes[at];
        if (byte === quote) {
          if (at + 1 === to && !last) return scan.incomplete;
          if (bytes[at + 1] !== quote) break;
          doubled = 1;
          at += 1;
        } else if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] !== lineFeed)) lines += 1;
        at += 1;
      }
      end = at;
      at += 1;
      while (at < to && (bytes[at] === space || bytes[at] === alsoBlank)) at += 1;
      while (start < end && isBlank(bytes[start])) start += 1;
    } else {
      let byte: number | undefined;
      while (at < to && (byte = bytes[at]) !== delimiter && byte !== lineFeed && byte !== carriageReturn) at += 1;
      end = at;
    }
    while (end > start && isBlank(bytes[end - 1])) end -= 1;
    starts[count] = start;
    ends[count] = end;
    escaped[count] = doubled;
    count += 1;
    if (at >= to && !last) return scan.incomplete;
    const stop = at < to ? bytes[at] : lineFeed;
    if (stop === delimiter) {
      at += 1;
      continue;
    }
    if (stop !== lineFeed && stop !== carriageReturn) return scan.textAfterQuote;
    if (stop === carriageReturn) {
      if (at + 1 === to && !last) return scan.incomplete;
      if (bytes[at + 1] === lineFeed) at += 1;
    }
    cells.count = count;
    cells.lines = lines;
    cells.blank = count === 1 && !quoted && end === start;
    return at + 1;
  }
};

const isBlank = (byte: number | undefined) =>
  byte === space || byte === tab || byte === lineFeed || byte === carriageReturn;

/** Copies a cell with its doubled quotes halved to the front of `into` and returns its length. */
export const unescape = (bytes: Uint8Array, start: number, end: number, into: Uint8Array) => {
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    into[length++] = byte;
    if (byte === quote && bytes[at + 1] === quote) at += 1;
  }
  return length;
};

/** The cells as strings: for samples and header lines. */
export const cellTexts = (bytes: Uint8Array, cells: Cells): string[] =>
  Array.from({ length: cells.count }, (_, index) => {
    const text = decoder.decode(bytes.subarray(cells.starts[index], cells.ends[index]));
    return cells.escaped[index] ? text.replaceAll('""', '"') : text;
  });

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

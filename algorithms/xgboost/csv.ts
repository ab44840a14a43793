/**
 * Headerless CSV bytes to typed arrays. Numbers are parsed digit by digit, because cutting every cell into a string costs
 * several times the training itself; whatever the quick path cannot represent exactly goes through `Number`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientError } from '../algorithm.ts';

/** Rows of float32 features, row after row; NaN is a missing value. */
export interface Matrix {
  rows: number;
  features: number;
  values: Float32Array;
  /** Present when the file has a label column. */
  labels: Float32Array;
  /** Present when the file has a weight column. */
  weights: Float32Array | undefined;
}

/** The columns before the features. */
export interface Layout {
  label: boolean;
  weight: boolean;
}

const comma = 44;
const newline = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;
// Up to 10^22 and 2^53 a product or quotient of doubles is the correctly rounded decimal.
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const isDigit = (byte: number) => byte >= 48 && byte <= 57;

/** Parses bytes[from, to); undefined when the quick path does not apply, NaN when the cell is empty. */
const quickNumber = (bytes: Uint8Array, from: number, to: number): number | undefined => {
  let at = from;
  if (at === to) return Number.NaN;
  const negative = bytes[at] === 45;
  if (negative || bytes[at] === 43) at++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let point = false;
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - 48);
      digits++;
      if (point) scale++;
    } else if (byte === 46 && !point) point = true;
    else return undefined;
  }
  if (digits === 0 || digits > 15) return undefined;
  const value = scale === 0 ? mantissa : mantissa / (powersOfTen[scale] ?? Number.NaN);
  return negative ? -value : value;
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const slowNumber = (text: string): number | undefined => {
  const trimmed = text.trim();
  if (trimmed === '' || /^[+-]?nan$/i.test(trimmed)) return Number.NaN;
  return decimal.test(trimmed) ? Number(trimmed) : undefined;
};

class Rows {
  values = new Float32Array(1 << 16);
  labels: number[] = [];
  weights: number[] = [];
  length = 0;
  columns = 0;
  rows = 0;

  push(value: number) {
    if (this.length === this.values.length) {
      const larger = new Float32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    // Adding zero makes -0 and 0 the same bits, as they are the same value to a split.
    this.values[this.length++] = value + 0;
  }
}

const describe = (source: string, row: number, column: number) => `${source}, row ${row}, column ${column}`;

const leading = (rows: Rows, value: number, column: number, layout: Layout, where: string) => {
  const isLabel = layout.label && column === 0;
  if (isLabel && !Number.isFinite(value)) throw new ClientError(`The label is missing in ${where}. Every row needs a number there.`);
  if (!isLabel && !(value >= 0 && Number.isFinite(value)))
    throw new ClientError(`The weight in ${where} is not a number of at least 0, as csv_weights=1 requires.`);
  (isLabel ? rows.labels : rows.weights).push(value);
};

/** Appends the rows of one file or request; throws ClientError naming `source`, row and column (both from 1). */
const append = (rows: Rows, bytes: Uint8Array, source: string, layout: Layout) => {
  const before = (layout.label ? 1 : 0) + (layout.weight ? 1 : 0);
  let at = 0;
  // A byte order mark is not part of the first number.
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
  for (let line = 1; at < bytes.length; line++) {
    let column = 0;
    for (let more = true; more; column++) {
      let end = at;
      while (end < bytes.length && bytes[end] !== comma && bytes[end] !== newline) end++;
      more = bytes[end] === comma;
      let from = at;
      let to = end;
      if (!more && to > from && bytes[to - 1] === carriageReturn) to--;
      while (from < to && (bytes[from] === space || bytes[from] === tab)) from++;
      while (to > from && (bytes[to - 1] === space || bytes[to - 1] === tab)) to--;
      at = end + 1;
      if (column === 0 && !more && from === to) {
        column = -1;
        break;
      }
      let value = quickNumber(bytes, from, to);
      if (value === undefined) {
        const text = Buffer.from(bytes.subarray(from, to)).toString('utf8');
        value = slowNumber(text);
        if (value === undefined)
          throw new ClientError(
            `Cannot read ${JSON.stringify(text.slice(0, 40))} as a number in ${describe(source, line, column + 1)}. ` +
              'Expected headerless comma-separated numbers; an empty cell is a missing value.',
          );
      }
      if (column < before) leading(rows, value, column, layout, describe(source, line, column + 1));
      else rows.push(value);
    }
    // A blank line leaves -1 behind: only a trailing one is harmless, and blank lines hold no row either way.
    if (column < 0) continue;
    if (rows.rows === 0) rows.columns = column;
    else if (column !== rows.columns)
      throw new ClientError(
        `${describe(source, line, column)}: the row has ${column} columns, but the first row has ${rows.columns}.`,
      );
    rows.rows++;
  }
};

const matrixOf = (rows: Rows, layout: Layout): Matrix => ({
  rows: rows.rows,
  features: Math.max(0, rows.columns - (layout.label ? 1 : 0) - (layout.weight ? 1 : 0)),
  values: rows.values.subarray(0, rows.length),
  labels: Float32Array.from(rows.labels),
  weights: layout.weight ? Float32Array.from(rows.weights) : undefined,
});

/** Reads one request or file. */
export const parseCsv = (bytes: Uint8Array, source: string, layout: Layout): Matrix => {
  const rows = new Rows();
  append(rows, bytes, source, layout);
  return matrixOf(rows, layout);
};

// The container looks three folders deep and leaves out names that start with a dot or an underscore.
const filesIn = (folder: string, depth = 1): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !/^[._]/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return [path];
      return depth < 3 ? filesIn(path, depth + 1) : [];
    });

/** Reads every file of a channel's folder as one matrix; throws ClientError when it holds no row or no feature. */
export const readChannel = (channel: string, folder: string, weight: boolean): Matrix => {
  const layout = { label: true, weight };
  const rows = new Rows();
  for (const path of filesIn(folder)) append(rows, readFileSync(path), path.slice(folder.length + 1), layout);
  const matrix = matrixOf(rows, layout);
  if (matrix.rows === 0) throw new ClientError(`The ${channel} channel holds no rows. Expected CSV files with the label first.`);
  if (matrix.features === 0)
    throw new ClientError(`The ${channel} channel has no feature column. Expected the label first, then the features.`);
  return matrix;
};

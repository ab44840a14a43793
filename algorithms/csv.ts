/**
 * Numeric CSV as SageMaker's built-in algorithms take it: no header, comma-separated, the label first in training files.
 * Read from bytes, because decoding and splitting strings dominated the time of short training jobs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ClientError } from './algorithm.ts';

/** `nan` reads an empty cell (or `nan`) as NaN; `refuse` throws. A missing label is refused either way. */
export interface CsvOptions {
  missing: 'nan' | 'refuse';
}

/** Dense rows; `features` is row-major, `rows × columns`. */
export interface CsvRows {
  rows: number;
  /** Feature columns, without the label. */
  columns: number;
  features: Float32Array;
}

/** Rows with the label of each. */
export interface LabelledCsv extends CsvRows {
  labels: Float64Array;
}

interface Source {
  /** What an error message calls the bytes: a file name, or `the request`. */
  name: string;
  bytes: Uint8Array;
}

const comma = 44;
const newline = 10;
const maxFolderDepth = 3;
const largestFloat32 = 3.4028235677973366e38;
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** A plain decimal that a double holds exactly before scaling by an exact power of ten; NaN for everything else. */
const parsePlain = (bytes: Uint8Array, start: number, end: number): number => {
  let at = start;
  const negative = bytes[at] === 45;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let afterPoint = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + (byte - 48);
      digits++;
      scale += afterPoint;
    } else if (byte === 46 && afterPoint === 0) afterPoint = 1;
    else return NaN;
  }
  if (digits === 0 || digits > 15) return NaN;
  const value = mantissa / powersOfTen[scale]!;
  return negative ? -value : value;
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const cellText = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');

/** The number in a cell, NaN for a missing one, undefined for anything else. */
const parseOther = (text: string): number | undefined => {
  if (text === '' || text.toLowerCase() === 'nan') return NaN;
  return decimal.test(text) ? Number(text) : undefined;
};

const place = (source: Source, line: number, column: number): string => `${source.name}, row ${line}, column ${column}`;

const refusal = (source: Source, line: number, column: number, text: string): ClientError => {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const header = line === 1 && /[A-Za-z"]/.test(text) ? ' The file must not have a header row.' : '';
  return new ClientError(`${place(source, line, column)}: "${shown}" is not a number.${header}`);
};

const countLines = (bytes: Uint8Array): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines + 1;
};

const lineEnd = (bytes: Uint8Array, start: number): number => {
  const end = bytes.indexOf(newline, start);
  return end === -1 ? bytes.length : end;
};

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 13 || byte === 9;

const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

const widthOfFirstRow = (bytes: Uint8Array): number => {
  for (let at = 0; at < bytes.length;) {
    const end = lineEnd(bytes, at);
    const line = cellText(bytes, at, end).trim();
    if (line !== '') return line.split(',').length;
    at = end + 1;
  }
  return 0;
};

interface Target extends LabelledCsv {
  labelled: boolean;
  missing: CsvOptions['missing'];
}

const cellValue = (source: Source, from: number, to: number, line: number, column: number): number => {
  const { bytes } = source;
  let start = from;
  let end = to;
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  const plain = parsePlain(bytes, start, end);
  if (plain === plain) return plain;
  const text = cellText(bytes, start, end);
  const value = parseOther(text);
  if (value === undefined || Math.abs(value) >= largestFloat32) throw refusal(source, line, column, text);
  return value;
};

const refuseMissing = (source: Source, line: number, column: number, isLabel: boolean): never => {
  throw new ClientError(
    `${place(source, line, column)}: the ${isLabel ? 'label' : 'value'} is missing.` +
      (isLabel ? '' : ' The algorithm does not take missing values; fill them in first.'),
  );
};

const readRow = (source: Source, start: number, end: number, line: number, target: Target): void => {
  const { bytes } = source;
  const labelled = target.labelled ? 1 : 0;
  const width = target.columns + labelled;
  const offset = target.rows * target.columns - labelled;
  let column = 0;
  let cellStart = start;
  for (let at = start; at <= end; at++) {
    if (at !== end && bytes[at] !== comma) continue;
    if (column < width) {
      const value = cellValue(source, cellStart, at, line, column + 1);
      const isLabel = column < labelled;
      if (value !== value && (isLabel || target.missing === 'refuse')) refuseMissing(source, line, column + 1, isLabel);
      if (isLabel) target.labels[target.rows] = value;
      else target.features[offset + column] = value;
    }
    column++;
    cellStart = at + 1;
  }
  if (column !== width) {
    throw new ClientError(
      `${source.name}, row ${line}: ${column} values where the first row has ${width}; every row needs as many.`,
    );
  }
  target.rows++;
};

const isBlankLine = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (!isBlank(bytes[at])) return false;
  return true;
};

const read = (sources: readonly Source[], labelled: boolean, { missing }: CsvOptions): LabelledCsv => {
  const width = sources.map(({ bytes }) => widthOfFirstRow(bytes)).find((found) => found > 0) ?? 0;
  const most = sources.reduce((sum, { bytes }) => sum + countLines(bytes), 0);
  const columns = Math.max(0, width - (labelled ? 1 : 0));
  const target: Target = {
    rows: 0,
    columns,
    labels: new Float64Array(labelled ? most : 0),
    features: new Float32Array(most * columns),
    labelled,
    missing,
  };
  for (const source of sources) {
    let line = 1;
    for (let at = 0; at < source.bytes.length; line++) {
      const end = lineEnd(source.bytes, at);
      if (!isBlankLine(source.bytes, at, end)) readRow(source, at, end, line, target);
      at = end + 1;
    }
  }
  const { rows } = target;
  return {
    rows,
    columns,
    labels: target.labels.subarray(0, rows),
    features: target.features.subarray(0, rows * columns),
  };
};

/** Files of a channel in the order of their names; like the containers, names starting with `.` or `_` are skipped. */
const filesBelow = (folder: string, depth = 0): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !name.startsWith('_'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return [path];
      return depth < maxFolderDepth ? filesBelow(path, depth + 1) : [];
    });

/** Every file of a channel's folder as one table; ClientError names the file, row and column (from 1) at fault. */
export const readCsvFolder = (folder: string, options: CsvOptions): LabelledCsv => {
  const sources = filesBelow(folder).map((path) => ({
    name: relative(folder, path),
    bytes: withoutByteOrderMark(readFileSync(path)),
  }));
  const table = read(sources, true, options);
  if (table.rows === 0) throw new ClientError(`The channel has no rows (${sources.length} files were looked at).`);
  if (table.columns === 0) throw new ClientError(`${sources[0]?.name ?? 'The channel'} has a label but no features.`);
  return table;
};

/** The rows of a prediction request, which has no label column; ClientError names the row and column (from 1) at fault. */
export const readCsvRequest = (body: string, options: CsvOptions): CsvRows => {
  const { rows, columns, features } = read([{ name: 'the request', bytes: Buffer.from(body) }], false, options);
  if (rows === 0) throw new ClientError('The request has no rows.');
  return { rows, columns, features };
};

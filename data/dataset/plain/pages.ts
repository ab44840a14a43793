/** Arrays of a row group as Parquet has them: values without those that are missing, and which these are. */
import type { ColumnPages } from '../../parquet/encode.ts';
import { noText, type ScanKernel } from './scanKernel.ts';

/** What the numbers of texts stand for: the place of the value among the different ones; of a missing one `noPlace`. */
export interface Dictionary {
  places: Uint16Array;
  /** Whether every number is the place itself. */
  isPlace: boolean;
  hasMissing: boolean;
  /** In the plain encoding. */
  values: Uint8Array;
  count: number;
}
export const noPlace = 0xffff;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** Places as bytes or words; packed values come in groups of eight. The array of the column has room for them behind the codes. */
export const codedPages = (
  kernel: ScanKernel,
  codes: Uint16Array,
  { places, isPlace, hasMissing, values, count }: Dictionary,
): ColumnPages => {
  const rows = codes.length;
  const width = count > 256 ? 16 : 8;
  const { buffer, byteOffset } = codes;
  const behind = byteOffset + 4 * rows;
  let levels: Uint8Array | undefined;
  let kept = rows;
  if (hasMissing) {
    ({ levels, count: kept } = levelsOf(rows, (row) => places[codes[row]!] !== noPlace));
    let at = 0;
    for (const code of codes) if (places[code] !== noPlace) codes[at++] = places[code]!;
    // A dictionary of nothing is none.
    if (kept === 0) return { values: [], count: 0, levels };
  } else if (!isPlace) for (let row = 0; row < rows; row++) codes[row] = places[codes[row]!]!;
  if (width === 8) kernel.narrow(byteOffset, kept, behind);
  const bytes = width / 8;
  const packed = new Uint8Array(buffer, width === 8 ? behind : byteOffset, bytes * 8 * Math.ceil(kept / 8));
  packed.fill(0, bytes * kept);
  return { values: [packed], count: kept, levels, dictionary: { values, count, width } };
};

/** Which rows have a value, a bit each, and how many have. */
const levelsOf = (rows: number, isThere: (row: number) => boolean) => {
  const levels = new Uint8Array(Math.ceil(rows / 8));
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (!isThere(row)) continue;
    levels[row >> 3]! |= 1 << (row & 7);
    count++;
  }
  return { levels, count };
};

/** NaN is missing. */
export const numberPages = (numbers: Float64Array): ColumnPages => {
  const { levels, count } = levelsOf(numbers.length, (row) => !Number.isNaN(numbers[row]!));
  if (count === numbers.length) return { values: [bytesOf(numbers)], count };
  return { values: [bytesOf(numbers.filter((number) => !Number.isNaN(number)))], count, levels };
};

/** Addresses of texts; they are put side by side at `to`, and end at the one that is answered. */
export const textPages = (
  kernel: ScanKernel,
  bytes: Uint8Array,
  texts: Uint32Array,
  to: number,
): { pages: ColumnPages; end: number } => {
  const end = kernel.gather(texts.byteOffset, texts.length, to);
  const { levels, count } = levelsOf(texts.length, (row) => texts[row] !== noText);
  const values = [bytes.subarray(to, end)];
  return { pages: { values, count, ...(count < texts.length && { levels }) }, end };
};

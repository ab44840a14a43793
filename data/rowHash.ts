/**
 * The hash by which rows are split: MurmurHash3 x86_32 (Austin Appleby, public domain) over two 32-bit words per cell, seeded.
 * A number gives the low and the high word of its IEEE double, a missing cell fixed words, a text the MurmurHash3 (seed 0) and
 * the length of its UTF-8 bytes. It depends on nothing but the row's cells in column order: not on the row's place, the
 * other rows, the engine or the machine. (A column that other rows turn from numbers into text does change its words.)
 */
import type { CategoricalColumn, NumericColumn, Table } from './table.ts';

const missingLow = 0x6d697373;
const missingHigh = 0x7ff80000;

/** One 32-bit hash per row. */
export const hashRows = (table: Pick<Table, 'rows' | 'columns'>, seed: number): Uint32Array => {
  const hashes = new Uint32Array(table.rows).fill(seed);
  for (const column of table.columns)
    if (column.type === 'numeric') mixNumbers(hashes, column);
    else mixTexts(hashes, column);
  const bytes = table.columns.length * 8;
  for (let row = 0; row < hashes.length; row++) hashes[row] = finish(hashes[row]! ^ bytes);
  return hashes;
};

/** How many rows have all cells equal to those of an earlier row (up to collisions of a 53-bit hash). */
export const countDuplicates = (table: Pick<Table, 'rows' | 'columns'>): number => {
  const high = hashRows(table, 0x5f61767a);
  const low = hashRows(table, 0x0b4b82e3);
  const sorted = Float64Array.from(high, (hash, row) => (hash & 0x1fffff) * 2 ** 32 + low[row]!).sort();
  let duplicates = 0;
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) duplicates += 1;
  return duplicates;
};

const mixNumbers = (hashes: Uint32Array, { values }: NumericColumn) => {
  const view = new DataView(new ArrayBuffer(8));
  for (let row = 0; row < hashes.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) hashes[row] = mix(mix(hashes[row]!, missingLow), missingHigh);
    else {
      view.setFloat64(0, value, true);
      hashes[row] = mix(mix(hashes[row]!, view.getInt32(0, true)), view.getInt32(4, true));
    }
  }
};

const mixTexts = (hashes: Uint32Array, { codes, levels }: CategoricalColumn) => {
  const encoder = new TextEncoder();
  const words = levels.map((level) => {
    const bytes = encoder.encode(level);
    return { hash: hashBytes(bytes), length: bytes.length };
  });
  for (let row = 0; row < hashes.length; row++) {
    const word = words[codes[row]!];
    hashes[row] = mix(mix(hashes[row]!, word?.hash ?? missingLow), word?.length ?? missingHigh);
  }
};

/** MurmurHash3 x86_32 with seed 0. */
export const hashBytes = (bytes: Uint8Array): number => {
  let hash = 0;
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4)
    hash = mix(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  let rest = 0;
  for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8) | bytes[at]!;
  if (whole < bytes.length) hash ^= scramble(rest);
  return finish(hash ^ bytes.length);
};

const scramble = (word: number) => {
  const k = Math.imul(word, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
};

const mix = (hash: number, word: number) => {
  const h = hash ^ scramble(word);
  return Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
};

const finish = (hash: number) => {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** The texts of a column by their bytes: a table with open addressing that the kernel looks into, and the hash of each text's value by its number. */
import type { Cell } from './column.ts';
import { columnWords, free, slotBytes, slotWords } from './scanKernel.ts';
import type { Space } from './space.ts';

const firstSlots = 64;
const slotWordCount = slotBytes / Uint32Array.BYTES_PER_ELEMENT;
/** What the kernel compares at once (bytes). */
const block = 16;
/** A text that is looked for so long ends the table: someone has chosen texts whose hashes are alike. */
const longestProbe = 64;

export const slotsOf = (space: Space, column: Uint32Array) => {
  const { bytes } = space;
  let count = 0;
  let table = new Uint32Array();
  let hashes = new BigUint64Array();

  const open = (slots: number) => {
    const place = space.take(slots * slotBytes);
    const own = space.take((slots / 2) * BigUint64Array.BYTES_PER_ELEMENT);
    if (place === undefined || own === undefined) return false;
    const before = { table, hashes };
    table = new Uint32Array(bytes.buffer, place, slots * slotWordCount);
    hashes = new BigUint64Array(bytes.buffer, own, slots / 2);
    hashes.set(before.hashes);
    for (let slot = 0; slot < slots; slot++) table[slot * slotWordCount + slotWords.length] = free;
    for (let from = 0; from < before.table.length; from += slotWordCount) {
      if (before.table[from + slotWords.length] === free) continue;
      const to = freePlace(before.table[from + slotWords.hash]!);
      if (to === undefined) return false;
      table.set(before.table.subarray(from, from + slotWordCount), to);
    }
    column.set([place, slots - 1], columnWords.slots);
    return true;
  };

  const freePlace = (hash: number) => {
    const mask = table.length / slotWordCount - 1;
    for (let probe = 0; probe < longestProbe; probe++) {
      const place = ((hash + probe) & mask) * slotWordCount;
      if (table[place + slotWords.length] === free) return place;
    }
    return undefined;
  };

  if (!open(firstSlots)) throw new RangeError('There is no room for the texts of the columns');
  return {
    hashes: () => hashes,
    /** False when there is no room. */
    put({ at, length, hash }: Cell, code: number) {
      if (count >= hashes.length && !open(4 * hashes.length)) return false;
      const place = freePlace(hash);
      if (place === undefined) return false;
      // Kept with zeros behind it, as the kernel compares.
      const text = length > block ? space.take(length + block) : 0;
      if (text === undefined) return false;
      if (length > block) bytes.copyWithin(text, at, at + length);
      const own = new Uint8Array(bytes.buffer, table.byteOffset + place * Uint32Array.BYTES_PER_ELEMENT, block);
      own.set(bytes.subarray(at, at + Math.min(block, length)));
      table.set([length, code, text, hash], place + slotWords.length);
      count++;
      return true;
    },
  };
};

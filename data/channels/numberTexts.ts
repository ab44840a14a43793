/** Columns of numbers as texts, for a block of rows at a time, each text in a place of its own. */
import type { Arena } from '../../algorithms/wasm/arena.ts';
import { longestSpelling } from '../spell.ts';

const doubles = Math.ceil((longestSpelling + 1) / Float64Array.BYTES_PER_ELEMENT);
/** Of a number (bytes), the comma included; each has as much room. */
export const longestText: number = doubles * Float64Array.BYTES_PER_ELEMENT;
const slotBits = 13;
const comma = 44;

/** What a number takes in an arena (bytes): its text, and where that begins and how long it is. */
export const numberBytes = longestText + 2 * Uint32Array.BYTES_PER_ELEMENT;

/** Texts of at most so many rows. */
export const numberTexts = (arena: Arena, rows: number, spellings: Spellings) => {
  const texts = arena.allocate(Float64Array, rows * doubles);
  const entries = arena.allocate(Uint32Array, 2 * rows);
  for (let row = 0; row < rows; row++) entries[2 * row] = texts.byteOffset + row * longestText;
  const all = new Float64Array(arena.memory.buffer);
  const first = texts.byteOffset / Float64Array.BYTES_PER_ELEMENT;
  return {
    entries: entries.byteOffset,
    /** Spells values as the rows from 0 on. */
    spell(values: Float64Array) {
      for (let row = 0, to = first; row < values.length; row++, to += doubles)
        entries[2 * row + 1] = spellings.put(values[row]!, all, to);
    },
  };
};

export interface Spellings {
  /** Puts the text of a value at `to` (in doubles), and answers its bytes. */
  put(value: number, all: Float64Array, to: number): number;
}

/** The last spellings, since most columns have few different numbers: each with a comma, where the bits of its number lead. `spellOne` answers where it ends. */
export const spellingsBy = (spellOne: (value: number, bytes: Buffer, at: number) => number): Spellings => {
  const numbers = new Float64Array(2 ** slotBits);
  /** 0: nothing there yet. */
  const lengths = new Uint8Array(2 ** slotBits);
  const kept = new Float64Array(2 ** slotBits * doubles);
  const bytes = Buffer.from(kept.buffer);
  const number = new Float64Array(1);
  const halves = new Int32Array(number.buffer);
  return {
    put(value, all, to) {
      number[0] = value;
      const slot = Math.imul(halves[0]! ^ halves[1]!, 0x9e37_79b1) >>> (32 - slotBits);
      if (numbers[slot] !== value || lengths[slot] === 0) {
        const start = slot * longestText;
        const end = spellOne(value, bytes, start);
        bytes[end] = comma;
        numbers[slot] = value;
        lengths[slot] = end + 1 - start;
      }
      // No text is a NaN, whose bits might change on the way.
      for (let from = slot * doubles, at = to; at < to + doubles; from++, at++) all[at] = kept[from]!;
      return lengths[slot]!;
    },
  };
};

/** Labels that are values have all their digits. */
export const spellLabel = (value: number, bytes: Buffer, at: number): number =>
  at + bytes.write(String(value + 0), at, 'latin1');

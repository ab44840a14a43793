import type { Channel } from './channel.ts';
import { longestSpelling, spellInto } from '../spell.ts';
import { putWords, type Column } from './texts.ts';

/** One chunk of a query, in typed arrays; of the columns, as their kind is, values or places of texts. */
export interface Chunk {
  labels: Float64Array;
  columns: readonly (Float64Array | Uint16Array)[];
}

const bufferBytes = 2 ** 20;
const lineFeed = 10;
const comma = 44;
/** Words are written past the end of a text, up to one less than these bytes. */
const word = 8;

/** Writes rows one behind the other into two buffers: while one is filled, the other one is written. New ones would keep the collector of garbage busy. */
export const rowWriter = (
  { what, weights, write }: Pick<Channel, 'what' | 'weights' | 'write'>,
  columns: readonly Column[],
) => {
  const texts = columns.map((column) => column.texts);
  const spellLabel = labelSpeller(weights);
  const spelled = spellings();
  const widest =
    texts.reduce((sum, own) => sum + (own?.longest ?? longestSpelling + 1), 2 * (longestSpelling + 1)) + word;
  let buffer = Buffer.allocUnsafeSlow(bufferBytes + widest);
  let spare = Buffer.allocUnsafeSlow(buffer.length);
  let view = viewOf(buffer);
  let at = 0;
  let writing = Promise.resolve();
  const copy = (words: Float64Array, start: number, length: number) => {
    // No text is a NaN, whose bits might change on the way.
    for (let from = start, to = at, end = at + length; to < end; from++, to += word)
      view.setFloat64(to, words[from]!, true);
    at += length;
  };
  const addFeatures = (row: number, chunk: Chunk['columns']) => {
    for (let place = 0; place < texts.length; place++) {
      const value = chunk[place]![row]!;
      const own = texts[place];
      if (own) copy(own.words, own.starts[value]!, own.lengths[value]!);
      else {
        const slot = spelled.slotOf(value);
        copy(spelled.words, slot * spelled.wordsEach, spelled.lengths[slot]!);
      }
    }
  };
  const writer = {
    rows: 0,
    /** Whether enough has gathered to be written. */
    full: () => at >= bufferBytes,
    add(row: number, chunk: Chunk) {
      writer.rows++;
      // One chunk may be more than the buffer was made for.
      if (at + widest > buffer.length) {
        buffer = Buffer.concat([buffer], 2 * buffer.length);
        view = viewOf(buffer);
      }
      if (what !== 'features') {
        const label = spellLabel(chunk.labels[row]!);
        for (let i = 0; i < label.length; i++) buffer[at++] = label[i]!;
        buffer[at++] = comma;
      }
      if (what !== 'labels') addFeatures(row, chunk.columns);
      buffer[at - 1] = lineFeed;
    },
    async flush() {
      await writing;
      writing = Promise.resolve(write(buffer.subarray(0, at)));
      // Its failure is told by the next flush, or by the end.
      writing.catch(() => undefined);
      [buffer, spare] = [spare, buffer];
      view = viewOf(buffer);
      at = 0;
    },
    async end() {
      if (at > 0) await writer.flush();
      await writing;
    },
  };
  return writer;
};

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer) => new DataView(buffer, byteOffset, byteLength);

/** A label is a class number, or a value with all its digits; `weights` are those of the classes. */
const labelSpeller = (weights?: readonly number[]) => {
  const known = new Map<number, Uint8Array>();
  return (value: number): Uint8Array => {
    const kept = known.get(value);
    if (kept) return kept;
    const label = String(value + 0);
    const bytes = Buffer.from(weights ? `${label},${weights[value]}` : label, 'latin1');
    if (known.size < 4096) known.set(value, bytes);
    return bytes;
  };
};

const slotBits = 13;

/** The last spellings of numbers, since most columns have few different ones: each with a comma, where its bits lead. */
const spellings = () => {
  const wordsEach = Math.ceil((longestSpelling + 1) / word);
  const bits = new Int32Array(2 ** slotBits);
  /** 0: nothing there yet. */
  const lengths = new Uint8Array(2 ** slotBits);
  const words = new Float64Array(2 ** slotBits * wordsEach);
  const bytes = new Uint8Array(wordsEach * word);
  const view = new DataView(bytes.buffer);
  const float = new Float32Array(1);
  const pattern = new Int32Array(float.buffer);
  return {
    words,
    lengths,
    wordsEach,
    slotOf(value: number) {
      float[0] = value;
      const own = pattern[0]!;
      const slot = Math.imul(own, 0x9e37_79b1) >>> (32 - slotBits);
      if (bits[slot] !== own || lengths[slot] === 0) {
        const end = spellInto(value, bytes, 0);
        bytes[end] = comma;
        bits[slot] = own;
        lengths[slot] = end + 1;
        putWords(view, end + 1, words, slot * wordsEach);
      }
      return slot;
    },
  };
};

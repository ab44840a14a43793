/** The memory in which plain text is read: what the kernel is told, the block, arrays by column, copies of texts, and tables of texts as far as there is room. */
import { type Arena, createArena, spaceFor } from '../../../algorithms/wasm/arena.ts';
import { powersOfFive } from './numberKernel.ts';
import { columnBytes, noText, state, stateWords } from './scanKernel.ts';

/** The largest row (bytes), and what is read at once: it should stay in the processor's cache. */
const longestRow = 2 ** 20;
const windowBytes = longestRow + 2;
/** Copies of texts, and what one row may add to them: four bytes more for each cell. */
const heapBytes = 2 ** 24;
const heapMargin = 5 * longestRow;
/** Tables of texts of all columns. */
const tableBytes = 3 * 2 ** 25;
/** What the kernel may read or write too much. */
const step = 16;
/** Cells of a row group, and its rows: with fewer columns a group would be longer than those that DuckDB reads side by side. */
const mostCells = 4_000_000;
const mostRows = 122_880;

const cellBytes = 8;

let powers: BigUint64Array | undefined;

export const openSpace = (columns: number) => {
  powers ??= powersOfFive();
  const rows = Math.max(64, Math.min(mostRows, Math.floor(mostCells / columns)));
  const fixed = [
    4 * stateWords,
    columns * columnBytes,
    windowBytes + step,
    columns * spaceFor(rows * cellBytes + step),
    rows * cellBytes,
    2 * (heapBytes + heapMargin + step),
    (step + 1) * step,
    powers.byteLength,
    8,
  ].reduce((sum, bytes) => sum + spaceFor(bytes), 0);
  const arena: Arena = createArena(fixed + tableBytes);
  const words = arena.allocate(Uint32Array, stateWords);
  const columnWords = arena.allocate(Uint32Array, (columns * columnBytes) / 4);
  const window = arena.allocate(Uint8Array, windowBytes + step).subarray(0, windowBytes);
  const values = Array.from({ length: columns }, () => arena.allocate(Uint8Array, rows * cellBytes + step).byteOffset);
  const hashes = arena.allocate(Float64Array, rows).byteOffset;
  const heap = arena.allocate(Uint8Array, heapBytes + heapMargin + step);
  const gathered = arena.allocate(Uint8Array, heapBytes + heapMargin + step);
  const masks = arena.allocate(Uint8Array, (step + 1) * step);
  for (let length = 0; length <= step; length++) masks.fill(255, length * step, length * step + length);
  const breaks = arena.allocate(Uint32Array, 2);
  const bytes = new Uint8Array(arena.memory.buffer);
  words[state.rows] = rows;
  words[state.longest] = longestRow;
  words[state.columns] = columnWords.byteOffset;
  words[state.columnsEnd] = columnWords.byteOffset + columns * columnBytes;
  words[state.column] = columnWords.byteOffset;
  words[state.heap] = heap.byteOffset;
  words[state.heapLimit] = heap.byteOffset + heapBytes;
  words[state.masks] = masks.byteOffset;
  words[state.powers] = arena.copy(Uint8Array, new Uint8Array(powers.buffer)).byteOffset;
  let left = tableBytes;
  const view = new DataView(bytes.buffer);
  /** Answers where it ends. */
  const putText = (at: number, text: Uint8Array) => {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    return at + 4 + text.length;
  };
  const keep = (text: Uint8Array) => {
    const at = words[state.heap]!;
    if (at + 4 + text.length > heap.byteOffset + heapBytes + heapMargin / 2) return undefined;
    words[state.heap] = putText(at, text);
    return at;
  };
  return {
    arena,
    /** Rows of a group. */
    rows,
    /** All of it, also for texts. */
    bytes,
    text: Buffer.from(bytes.buffer),
    state: words,
    window,
    breaks,
    /** Addresses of the arrays by column, and of the hashes of the rows. */
    values,
    hashes,
    column: (place: number) => columnWords.subarray((place * columnBytes) / 4, ((place + 1) * columnBytes) / 4),
    gathered: gathered.byteOffset,
    /** The address of so many bytes, of zeros; undefined when there is no room left. */
    take(wanted: number) {
      left -= spaceFor(wanted);
      return left < 0 ? undefined : arena.allocate(Uint8Array, wanted).byteOffset;
    },
    /** Sets aside so many bytes for texts of the present row group that share a copy; false when there is no room for them. */
    setAside(wanted: number) {
      if (wanted > words[state.heapLimit]! - words[state.heap]!) return false;
      words[state.heapLimit]! -= wanted;
      return true;
    },
    /** A new row group has no texts yet. */
    emptyHeap() {
      words[state.heap] = heap.byteOffset;
      words[state.heapLimit] = heap.byteOffset + heapBytes;
    },
    /** The address of numbers, and of addresses of texts like those of the heap (undefined: missing), for the moment. */
    scratchNumbers(numbers: readonly number[]) {
      new Float64Array(bytes.buffer, gathered.byteOffset, numbers.length).set(numbers);
      return gathered.byteOffset;
    },
    scratchTexts(texts: readonly (string | undefined)[]) {
      const places = new Uint32Array(bytes.buffer, gathered.byteOffset, texts.length);
      let at = places.byteOffset + places.byteLength;
      for (const [place, text] of texts.entries()) {
        places[place] = text === undefined ? noText : at;
        at = text === undefined ? at : putText(at, Buffer.from(text, 'latin1'));
      }
      return gathered.byteOffset;
    },
    /** Copies a text (a character for each byte) behind those of the present row group; undefined when there is no room. */
    keepText: (text: string) => keep(Buffer.from(text, 'latin1')),
  };
};

export type Space = ReturnType<typeof openSpace>;

/**
 * A column of plain text while it is read. Its cells are numbers of the texts that came, as long as these are few; then doubles or copies of
 * texts. What a text says is found out once, by the grammar of every other way in (`cell.ts`).
 */
import type { ColumnPages } from '../../parquet/encode.ts';
import { isMissing, numberAt } from '../../cell.ts';
import type { DatasetColumn } from '../columns.ts';
import { dictionaryOf, type Known } from './dictionary.ts';
import type { HashKernel } from './hashKernel.ts';
import { codedPages, numberPages, textPages } from './pages.ts';
import { columnWords, kinds, noText, type ScanKernel } from './scanKernel.ts';
import { slotsOf } from './slots.ts';
import type { Space } from './space.ts';

/** Where a cell stands in the memory of the kernel. */
export interface Cell {
  at: number;
  length: number;
  /** Of its bytes. */
  hash: number;
}

/** Why a cell cannot be taken: `text` in a column of numbers, or `strange` for everything that takes a closer look. */
export type Refusal = 'text' | 'strange';

export interface ColumnOptions {
  /** Four words for the kernel. */
  words: Uint32Array;
  /** The address of its array, 8 bytes for each row. */
  values: number;
  /** It is text whatever stands in it. */
  isText: boolean;
  /** Cells are wanted as they are spelled, missing ones too. */
  allText: boolean;
}

/** Numbers and texts are no longer numbered when there are so many, or so many for the rows up to then. */
const limits = {
  numbers: { most: 16_384, varied: 1024, share: 1 / 8 },
  texts: { most: 0xfffe, varied: 4096, share: 1 / 4 },
};
/** Nor when their texts are so long (bytes). */
const mostTextBytes = 2 ** 22;

export const plainColumn = (space: Space, { words, values, isText, allText }: ColumnOptions) => {
  const { bytes } = space;
  const { buffer } = bytes;
  const [doubles, codes, texts] = [
    new Float64Array(buffer, values, space.rows),
    new Uint16Array(buffer, values, space.rows),
    new Uint32Array(buffer, values, space.rows),
  ];
  const slots = slotsOf(space, words);
  const known: Known = { texts: [], numbers: [] };
  let textBytes = 0;
  let hasTexts = isText;
  let type: DatasetColumn['type'] | undefined = isText ? 'categorical' : undefined;
  words.set([kinds.coded, values], columnWords.kind);
  const isNone = (text: string) => (allText ? text === '' : isMissing(text));
  const dictionary = dictionaryOf(known, isNone);
  let hashed = 0;

  /** What a cell says: its text without the blanks around it, and the number that it is, NaN for none. */
  const read = ({ at, length }: Cell) => {
    let [start, end] = [at, at + length];
    while (start < end && isBlank(bytes[start]!)) start++;
    while (end > start && isBlank(bytes[end - 1]!)) end--;
    const text = space.text.toString('latin1', start, end);
    const none = isNone(text);
    return { text, none, value: none || isText ? Number.NaN : numberAt(bytes, start, end) };
  };

  const isVaried = (rows: number) => {
    const count = known.texts.length;
    const { most, varied, share } = hasTexts ? limits.texts : limits.numbers;
    return count >= most || (count >= varied && count > share * rows) || textBytes > mostTextBytes;
  };

  /** The rows up to `row` as doubles or texts; false when there is no room. */
  const uncode = (row: number) => {
    type ??= hasTexts ? 'categorical' : 'numeric';
    if (type === 'numeric') {
      // From behind: what is put down takes more room than what is read.
      for (let each = row - 1; each >= 0; each--) doubles[each] = known.numbers[codes[each]!]!;
      words[columnWords.kind] = kinds.number;
      return true;
    }
    let bytesInAll = 0;
    for (let each = 0; each < row; each++) bytesInAll += known.texts[codes[each]!]!.length + 4;
    if (!space.setAside(bytesInAll)) return false;
    const places = known.texts.map((text) => (isNone(text) ? noText : space.keepText(text)));
    if (places.includes(undefined)) return false;
    for (let each = row - 1; each >= 0; each--) texts[each] = places[codes[each]!]!;
    words[columnWords.kind] = kinds.text;
    return true;
  };

  return {
    /** No more different values have come; undefined where they are not counted. */
    atMost: () => (words[columnWords.kind] === kinds.coded ? known.texts.length : undefined),
    /** Gives a text its number; `rows` came before the present `row`, which is counted from the begin of the row group. */
    learn(cell: Cell, row: number, rows: number): Refusal | undefined {
      const { text, none, value } = read(cell);
      if (Math.abs(value) === Infinity) return 'strange';
      const isWord = !none && Number.isNaN(value);
      if (isWord && type === 'numeric') return 'text';
      if (isWord) hasTexts = true;
      if (isVaried(rows) || !slots.put(cell, known.texts.length)) return uncode(row) ? undefined : 'strange';
      known.texts.push(text);
      known.numbers.push(value);
      textBytes += text.length;
      return undefined;
    },
    /** Puts down a cell that the kernel cannot. */
    put(cell: Cell, row: number): Refusal | undefined {
      const { text, none, value } = read(cell);
      if (words[columnWords.kind] === kinds.text) {
        const place = none ? noText : space.keepText(text);
        if (place === undefined) return 'strange';
        texts[row] = place;
        return undefined;
      }
      if (Math.abs(value) === Infinity) return 'strange';
      if (!none && Number.isNaN(value)) return 'text';
      doubles[row] = value;
      return undefined;
    },
    /** Decides what its type is from now on. */
    settle: () => (type ??= hasTexts ? 'categorical' : 'numeric'),
    /** Adds the settled column to the hashes of the first rows. */
    hash(kernel: HashKernel, rows: number, hashes: number, isFirst: boolean) {
      const first = isFirst ? 1 : 0;
      const kind = words[columnWords.kind];
      if (kind === kinds.number) return kernel.hashNumbers(values, rows, hashes, first, 0);
      if (kind === kinds.text) return kernel.hashTexts(values, rows, hashes, first, 0);
      const own = slots.hashes();
      const fresh = known.texts.slice(hashed);
      const isNumeric = type === 'numeric';
      const scratch = isNumeric
        ? space.scratchNumbers(known.numbers.slice(hashed))
        : space.scratchTexts(fresh.map((text) => (isNone(text) ? undefined : text)));
      const hashFresh = isNumeric ? kernel.hashNumbers : kernel.hashTexts;
      hashFresh(scratch, fresh.length, own.byteOffset + hashed * own.BYTES_PER_ELEMENT, 1, 0);
      hashed = known.texts.length;
      return kernel.hashCodes(values, rows, hashes, first, own.byteOffset);
    },
    /** The first rows of the settled column as pages, which hold until the next rows are read; texts go to the address `to`, and `end` is behind them. */
    pages(kernel: ScanKernel, rows: number, to: number): { pages: ColumnPages; end: number } {
      const kind = words[columnWords.kind];
      if (kind === kinds.text) return textPages(kernel, bytes, texts.subarray(0, rows), to);
      if (kind === kinds.number) return { pages: numberPages(doubles.subarray(0, rows)), end: to };
      return { pages: codedPages(kernel, codes.subarray(0, rows), dictionary.extend(type ?? 'categorical')), end: to };
    },
  };
};

const isBlank = (byte: number) => byte === 32 || byte === 9;

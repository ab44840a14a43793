/**
 * The features of a few values as the bytes that they become, ready to be copied: eight bytes at a time, since most of the bytes of a channel are copies of these.
 * A comma ends each feature.
 */
import type { CompiledFeature } from '../recipe/compiled.ts';
import { spell } from '../spell.ts';

/** Texts one after the other, each from a whole word on; `starts` in words, `lengths` in bytes. */
export interface Texts {
  words: Float64Array;
  starts: Uint32Array;
  lengths: Uint32Array;
  longest: number;
}

/** What a query selects for neighbouring features: an expression and, where it is a place and no number, the texts by place. */
export interface Column {
  sql: string;
  texts?: Texts;
}

/** Neighbours share a text as long as it is one of so many, in so many bytes: they have to stay in the processor's cache. */
const mostTexts = 2048;
const mostBytes = 2 ** 17;
/** Of all columns together. */
const mostBytesInAll = 2 ** 23;

type Levels = { sql: string; texts: readonly string[] };

/** Features as few columns: neighbours of few values become one, whose texts are those of both. */
export const columnsOf = (features: readonly CompiledFeature[]): Column[] => {
  const columns: Column[] = [];
  let open: Levels | undefined;
  const most = Math.min(mostBytes, mostBytesInAll / features.length);
  const close = () => {
    if (open) columns.push({ sql: `(${open.sql})::USMALLINT`, texts: inWords(open.texts) });
    open = undefined;
  };
  for (const feature of features) {
    if (feature.kind === 'number') {
      close();
      columns.push({ sql: `(${feature.sql})::DOUBLE` });
      continue;
    }
    const { sql } = feature;
    const own = { sql, texts: feature.values.map((values) => values.map((value) => `${spell(value)},`).join('')) };
    const both: Levels | undefined = open && join(open, own, most);
    if (!both) close();
    open = both ?? own;
  }
  close();
  return columns;
};

const join = (first: Levels, second: Levels, most: number): Levels | undefined => {
  const count = first.texts.length * second.texts.length;
  const bytes = bytesOf(first) * second.texts.length + bytesOf(second) * first.texts.length;
  if (count > mostTexts || bytes > most) return undefined;
  return {
    sql: `(${first.sql}) * ${second.texts.length} + (${second.sql})`,
    texts: first.texts.flatMap((before) => second.texts.map((after) => before + after)),
  };
};

const bytesOf = ({ texts }: Levels) => texts.reduce((sum, { length }) => sum + length, 0);

const inWords = (texts: readonly string[]): Texts => {
  const lengths = Uint32Array.from(texts, ({ length }) => length);
  const starts = new Uint32Array(texts.length);
  let words = 0;
  for (const [place, length] of lengths.entries()) {
    starts[place] = words;
    words += Math.ceil(length / 8);
  }
  const bytes = Buffer.alloc(8 * words);
  for (const [place, text] of texts.entries()) bytes.write(text, 8 * starts[place]!, 'latin1');
  const own = new Float64Array(words);
  putWords(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length, own, 0);
  return { words: own, starts, lengths, longest: lengths.reduce((most, length) => Math.max(most, length), 0) };
};

/** Bytes (whole words of them) as words from `at` on, to be put back by `setFloat64` with the lowest byte first. */
export const putWords = (bytes: DataView, length: number, words: Float64Array, at: number) => {
  for (let from = 0, to = at; from < length; from += 8, to++) words[to] = bytes.getFloat64(from, true);
};

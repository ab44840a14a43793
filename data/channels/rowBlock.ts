/**
 * A block of the rows of a query in the memory of the kernel that writes them: every column as the place of a text, by row, and the
 * texts by place. Those of numbers are spelled for each block, those of few values stay.
 */
import { type Arena, spaceFor } from '../../algorithms/wasm/arena.ts';
import { spellInto } from '../spell.ts';
import { splitNames } from '../split.ts';
import { lanesOf } from './lanes.ts';
import { longestText, numberBytes, numberTexts, spellingsBy, spellLabel } from './numberTexts.ts';
import type { Column } from './texts.ts';

/** Addresses: of words of 64 bits by row, of which some bits are the place of the row's text, and of the texts by place, an address and a length each. */
export interface TextColumn {
  places: number;
  shift: number;
  mask: number;
  entries: number;
}

/** What a query selects: `lanes` as BigUint64Array, then `numbers` as Float64Array. */
export type Selected = readonly (BigUint64Array | Float64Array)[];

/** The `label` is one of so many classes, a value, or not wanted. */
export type Label = number | 'value' | 'none';

/** Enough for a chunk of a query, as long as the rows are not too wide. */
const mostRows = 2048;
const mostBytes = 2 ** 22;

/** A class or a value, and perhaps a weight (bytes). */
const longestLabel = 2 * longestText;

/** What to select of the rows that have a `part` and a label `y`, and how much memory they take. */
export const planBlock = (columns: readonly Column[], label: Label) => {
  const hasPlace = typeof label === 'number';
  const numbers = [...(label === 'value' ? ['y'] : []), ...columns.flatMap(({ sql, texts }) => (texts ? [] : [sql]))];
  const lanes = lanesOf([
    { sql: 'part', most: splitNames.length },
    ...(hasPlace ? [{ sql: 'y', most: label }] : []),
    ...columns.flatMap(({ sql, texts }) => (texts ? [{ sql, most: texts.length }] : [])),
  ]);
  const perRow = 8 * (lanes.sql.length + 1) + numberBytes * numbers.length;
  const rows = Math.max(1, Math.min(mostRows, Math.floor(mostBytes / perRow)));
  const sql = [...lanes.sql.map((lane) => `(${lane})::UBIGINT`), ...numbers.map((number) => `(${number})::DOUBLE`)];
  const kept = columns.reduce((sum, { texts }) => sum + (texts ? spaceOfTexts(texts) : 0), 0);
  const arrays = 1 + lanes.sql.length + 2 * numbers.length;
  const widest = columns.reduce((sum, { texts }) => sum + (texts ? longestOf(texts) : longestText), longestLabel);
  const bytes = kept + rows * perRow + arrays * spaceFor(1);
  return { columns, label, lanes, numbers: numbers.length, rows, sql, widest, bytes };
};

export type BlockPlan = ReturnType<typeof planBlock>;

/** Throws RangeError when the arena has not the memory that was planned. */
export const rowBlock = (arena: Arena, { columns, label, lanes, numbers, rows }: BlockPlan) => {
  const held = lanes.sql.map(() => arena.allocate(Uint8Array, 8 * rows));
  const features = spellingsBy(spellInto);
  const spelled = Array.from({ length: numbers }, (_, place) =>
    numberTexts(arena, rows, label === 'value' && place === 0 ? spellingsBy(spellLabel) : features),
  );
  /** A number's text stands at the place of its row. */
  const own = arena.allocate(Uint32Array, 2 * rows);
  for (let row = 0; row < rows; row++) own[2 * row] = row;
  const inLane = (place: number) => {
    const { lane, shift, mask } = lanes.places[place]!;
    return { places: held[lane]!.byteOffset, shift, mask };
  };
  const number = (place: number): TextColumn => ({
    places: own.byteOffset,
    shift: 0,
    mask: 0xffff,
    ...spelled[place]!,
  });
  let [places, numbered] = [typeof label === 'number' ? 2 : 1, label === 'value' ? 1 : 0];
  return {
    rows,
    /** The address of the words of which the lowest bits are a row's part. */
    parts: inLane(0).places,
    features: columns.map(({ texts }): TextColumn =>
      texts ? { ...inLane(places++), ...keepTexts(arena, texts) } : number(numbered++),
    ),
    /** Labels, as the texts of their classes or as values. */
    labels: (texts: readonly string[]): TextColumn =>
      label === 'value' ? number(0) : { ...inLane(1), ...keepTexts(arena, texts) },
    /** Takes over the rows of `selected` from `from` up to `to`, at most `rows`. */
    load(selected: Selected, from: number, to: number) {
      for (const [place, lane] of held.entries()) {
        const { buffer, byteOffset } = selected[place]!;
        lane.set(new Uint8Array(buffer, byteOffset + 8 * from, 8 * (to - from)));
      }
      for (const [place, texts] of spelled.entries())
        texts.spell((selected[held.length + place] as Float64Array).subarray(from, to));
    },
  };
};

/** What texts take in an arena (bytes). */
export const spaceOfTexts = (texts: readonly string[]): number =>
  spaceFor(lengthOf(texts)) + spaceFor(2 * Uint32Array.BYTES_PER_ELEMENT * texts.length);

const lengthOf = (texts: readonly string[]) => texts.reduce((sum, { length }) => sum + length, 0);

const longestOf = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0);

const keepTexts = (arena: Arena, texts: readonly string[]): Pick<TextColumn, 'entries'> => {
  const bytes = arena.allocate(Uint8Array, lengthOf(texts));
  bytes.set(Buffer.from(texts.join(''), 'latin1'));
  const entries = arena.allocate(Uint32Array, 2 * texts.length);
  let at = bytes.byteOffset;
  for (const [place, { length }] of texts.entries()) {
    entries.set([at, length], 2 * place);
    at += length;
  }
  return { entries: entries.byteOffset };
};

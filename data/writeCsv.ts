/** Numeric CSV as SageMaker's algorithms read it: no header, the label first, numbers by their shortest exact spelling. */
import { applyRecipe, type Matrix, type Recipe } from './recipe.ts';
import type { Table } from './table.ts';

const chunkCharacters = 256 * 1024;
const blockRows = 4096;

/** What `toCsv` writes: `labels` are needed for `label: true` only. */
export type Writable = Pick<Matrix, 'features' | 'width'> & Partial<Pick<Matrix, 'labels'>>;

/** The chosen rows (default all), the label first if wanted; NaN becomes an empty cell, but throws RangeError as a label. */
export const toCsv = async function* (
  { features, width, labels = new Float64Array(0) }: Writable,
  { label = labels.length > 0, rows }: { label?: boolean; rows?: Int32Array } = {},
): AsyncGenerator<Uint8Array> {
  const total = rows?.length ?? features.length / width;
  const encoder = new TextEncoder();
  let text = '';
  const spell = speller();
  for (let index = 0; index < total; index++) {
    const row = rows ? rows[index]! : index;
    const start = row * width;
    if (label && !Number.isFinite(labels[row])) throw new RangeError(`toCsv: row ${row + 1} has no label`);
    text += label ? spell(labels[row]!) : spell(features[start]!);
    for (let at = label ? start : start + 1; at < start + width; at++) text += `,${spell(features[at]!)}`;
    text += '\n';
    if (text.length < chunkCharacters) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text) yield encoder.encode(text);
};

const mostSpellings = 50_000;

/** Spelling a double takes most of the time, and columns repeat their values. */
const speller = () => {
  const spellings = new Map([[Number.NaN, '']]);
  return (value: number) => {
    if (value === 0) return '0';
    if (value === 1) return '1';
    const known = spellings.get(value);
    if (known !== undefined) return known;
    const text = String(value);
    if (spellings.size < mostSpellings) spellings.set(value, text);
    return text;
  };
};

/** `applyRecipe` and `toCsv` block by block, so that the whole matrix is never in memory. */
export const prepareCsv = async function* (
  recipe: Recipe,
  table: Table,
  rows: Int32Array,
  { label }: { label: boolean },
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < rows.length; start += blockRows)
    yield* toCsv(applyRecipe(recipe, table, rows.subarray(start, start + blockRows)), { label });
};

/** One line of CSV for people, without line break: a cell is quoted where it would not come back as it is. */
export const csvRow = (cells: readonly string[]): string =>
  cells.map((cell) => (/[",;|\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');

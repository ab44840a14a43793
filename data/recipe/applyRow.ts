import { InputError } from '../../spec/errors.ts';
import { isMissing, numberOf } from '../cell.ts';
import { count } from '../count.ts';
import { unknownColumn } from '../infer.ts';
import { listed, shown } from '../quote.ts';
import type { Recipe } from './schema.ts';
import { absent, notANumber, planOf, unseen, writeLevel, writeNumber } from './steps.ts';

/** A row to predict: an object by column name, or the cells in the order of the training file, with or without the target. */
export type RawRow = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * The features of one row. Values are numbers, texts, booleans or null (missing); texts are read as cells of a file are.
 * The target and columns that the recipe does not use may be left out. Throws InputError for any other column that is left
 * out, for an unknown one, and for a value that cannot be read.
 */
export const applyRow = (recipe: Recipe, row: RawRow): Float64Array => {
  const { steps, width, inputs } = planOf(recipe);
  const read = isCells(row) ? byPlace(recipe, row) : byName(recipe, row, inputs);
  const out = new Float64Array(width);
  for (const { feature, at, levels } of steps) {
    const value = read(feature.column);
    if (feature.kind === 'numeric') writeNumber(out, at, feature, numericValue(feature.column, value));
    else writeLevel(out, at, feature, levelOf(feature.column, value, levels));
  }
  return out;
};

const isCells = (row: RawRow): row is readonly unknown[] => Array.isArray(row);

const byName = (recipe: Recipe, row: Readonly<Record<string, unknown>>, inputs: Set<string>) => {
  const unknown = Object.keys(row).find((name) => !inputs.has(name));
  if (unknown !== undefined) throw unknownColumn('the key', unknown, [...inputs]);
  const left = recipe.features.filter(({ column }) => !Object.hasOwn(row, column)).map(({ column }) => column);
  if (left.length > 0)
    throw new InputError({
      what: `The row has no ${listed(left.map(shown))}`,
      expected: `a value for ${listed(recipe.features.map(({ column }) => column))}`,
      todo: 'Send null for a value that is not known',
    });
  return (name: string) => row[name];
};

const byPlace = ({ inputs, target }: Recipe, cells: readonly unknown[]) => {
  const columns = inputs
    .map(({ name }) => name)
    .filter((name) => cells.length === inputs.length || name !== target.name);
  if (cells.length !== columns.length)
    throw new InputError({
      what: `The row has ${count(cells.length, 'cell')}`,
      expected: `${count(columns.length, 'cell')}: ${listed(columns)}`,
      todo: 'Send the cells in the order of the training file, without the target',
    });
  const places = new Map(columns.map((name, place) => [name, place]));
  return (name: string) => cells[places.get(name)!];
};

const numericValue = (column: string, value: unknown): number => {
  const known = cellValue(column, value);
  if (known === undefined) return Number.NaN;
  const number = typeof known === 'number' ? known + 0 : numberOf(String(known));
  if (Number.isFinite(number)) return number;
  throw notANumber(column, String(known), 'the row');
};

const levelOf = (column: string, value: unknown, levels: Map<string, number>): number => {
  const known = cellValue(column, value);
  if (known === undefined) return absent;
  const text = String(known);
  // JSON has one way to write a boolean, files have several.
  const spellings =
    typeof known === 'boolean' ? [text, text[0]!.toUpperCase() + text.slice(1), text.toUpperCase()] : [text];
  return spellings.map((spelling) => levels.get(spelling)).find((level) => level !== undefined) ?? unseen;
};

const cellValue = (column: string, value: unknown): string | number | boolean | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
  if (typeof value === 'string') {
    const text = trimCell(value);
    return isMissing(text) ? undefined : text;
  }
  throw new InputError({
    what: `${Array.isArray(value) ? 'A list' : 'An object'} is not a value`,
    where: `column ${shown(column)}`,
    expected: 'a number, a text, true, false or null',
    todo: 'Send one plain value per column',
  });
};

/** Exactly the blanks that files are trimmed of, which are fewer than String.trim takes. */
const trimCell = (text: string) => {
  let [start, end] = [0, text.length];
  while (start < end && blanks.includes(text[start]!)) start += 1;
  while (end > start && blanks.includes(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
};

const blanks = ' \t\r\n';

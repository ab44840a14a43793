import { InputError } from '../../spec/errors.ts';
import { isMissing, numberOf } from '../cell.ts';
import { count } from '../count.ts';
import { listed, shown } from '../quote.ts';
import { unknownColumn } from '../targetColumn.ts';
import { epochDayOf, writeDate } from './dates.ts';
import { absentPlace, tableOf, unseenPlace } from './levels.ts';
import { writeNumber } from './numbers.ts';
import { notADate, notANumber } from './refusals.ts';
import { type DateFeature, type LevelsFeature, type NumericFeature, outputsOf, type Recipe } from './schema.ts';

/** A row to predict: an object by column name, or the cells in the order of the training file, with or without the target. */
export type RawRow = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * The features of one row. Values are numbers, texts, booleans or null (missing); texts are read as cells of a file are.
 * The target and columns that the recipe does not use may be left out. Throws InputError for any other column that is left
 * out, for an unknown one, and for a value that cannot be read.
 */
export const applyRow = (recipe: Recipe, row: RawRow): Float64Array => {
  const plan = planOf(recipe);
  const { steps, width } = plan;
  const read = isCells(row) ? byPlace(row, plan) : byName(recipe, row, plan);
  const out = new Float64Array(width);
  for (const { column, at, write } of steps) write(out, at, read(column));
  return out;
};

interface Step {
  column: string;
  /** Where its first feature is. */
  at: number;
  write: (out: Float64Array, at: number, value: unknown) => void;
}

interface Plan {
  steps: Step[];
  width: number;
  /** Of all columns, by name. */
  places: ReadonlyMap<string, number>;
  placesBesideTarget: ReadonlyMap<string, number>;
}

const plans = new WeakMap<Recipe, Plan>();

const placesOf = (names: readonly string[]) => new Map(names.map((name, place) => [name, place]));

const planOf = (recipe: Recipe): Plan => {
  const known = plans.get(recipe);
  if (known) return known;
  let width = 0;
  const steps = recipe.features.map((feature) => {
    const step = { column: feature.column, at: width, write: writerOf(feature) };
    width += outputsOf(feature, recipe.target).length;
    return step;
  });
  const names = recipe.inputs.map(({ name }) => name);
  const besideTarget = names.filter((name) => name !== recipe.target.name);
  const plan = { steps, width, places: placesOf(names), placesBesideTarget: placesOf(besideTarget) };
  plans.set(recipe, plan);
  return plan;
};

const writerOf = (feature: Recipe['features'][number]): Step['write'] => {
  if (feature.kind === 'numeric') return numberWriter(feature);
  return feature.kind === 'date' ? dateWriter(feature) : levelWriter(feature);
};

const numberWriter =
  (feature: NumericFeature): Step['write'] =>
  (out, at, value) =>
    writeNumber(out, at, feature, numericValue(feature.column, value));

const dateWriter =
  (feature: DateFeature): Step['write'] =>
  (out, at, value) => {
    const known = cellValue(feature.column, value);
    const text = known === undefined ? undefined : String(known);
    const day = epochDayOf(text ?? '');
    if (text !== undefined && Number.isNaN(day)) throw notADate(feature.column, text, 'the row');
    writeDate(out, at, feature, text, day);
  };

const levelWriter = (feature: LevelsFeature): Step['write'] => {
  const places = new Map(feature.levels.map((level, place) => [level, place]));
  const table = tableOf(feature);
  const [unseen, absent] = [unseenPlace(feature), absentPlace(feature)];
  return (out, at, value) => {
    const spellings = spellingsOf(feature.column, value);
    const place = spellings.map((spelling) => places.get(spelling)).find((found) => found !== undefined);
    out.set(table[spellings.length === 0 ? absent : (place ?? unseen)] ?? [], at);
  };
};

const isCells = (row: RawRow): row is readonly unknown[] => Array.isArray(row);

const byName = (recipe: Recipe, row: Readonly<Record<string, unknown>>, { places }: Plan) => {
  const unknown = Object.keys(row).find((name) => !places.has(name));
  if (unknown !== undefined) throw unknownColumn('the key', unknown, [...places.keys()]);
  const left = recipe.features.filter(({ column }) => !Object.hasOwn(row, column)).map(({ column }) => column);
  if (left.length > 0)
    throw new InputError({
      what: `The row has no ${listed(left.map(shown))}`,
      expected: `a value for ${listed(recipe.features.map(({ column }) => column))}`,
      todo: 'Send null for a value that is not known',
    });
  return (name: string) => row[name];
};

const byPlace = (cells: readonly unknown[], { places, placesBesideTarget }: Plan) => {
  const found = cells.length === places.size ? places : placesBesideTarget;
  if (cells.length !== found.size)
    throw new InputError({
      what: `The row has ${count(cells.length, 'cell')}`,
      expected: `${count(found.size, 'cell')}: ${listed([...found.keys()])}`,
      todo: 'Send the cells in the order of the training file, without the target',
    });
  return (name: string) => cells[found.get(name)!];
};

const numericValue = (column: string, value: unknown): number => {
  const known = cellValue(column, value);
  if (known === undefined) return Number.NaN;
  const number = typeof known === 'number' ? known + 0 : numberOf(String(known));
  if (Number.isFinite(number)) return number;
  throw notANumber(column, String(known), 'the row');
};

/** How a file may spell the value; nothing where it is missing. */
const spellingsOf = (column: string, value: unknown): string[] => {
  const known = cellValue(column, value);
  if (known === undefined) return [];
  const text = String(known);
  // JSON has one way to write a boolean, files have several.
  return typeof known === 'boolean' ? [text, text[0]!.toUpperCase() + text.slice(1), text.toUpperCase()] : [text];
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

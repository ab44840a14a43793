import { InputError } from '../../spec/errors.ts';
import { numberOf } from '../cell.ts';
import { labelsOf } from '../labels.ts';
import { listed, shown } from '../quote.ts';
import { allRows, type Column, type Table, textAt } from '../table.ts';
import type { Recipe } from './schema.ts';
import { absent, notANumber, planOf, type Step, unseen, writeLevel, writeNumber } from './steps.ts';

export interface Matrix {
  /** Row-major, `rows × width`. */
  features: Float64Array;
  width: number;
  rows: number;
  /** Class numbers or values, NaN where not known; empty when the table has no target column. */
  labels: Float64Array;
}

/**
 * The features of the chosen rows of a table (default all), and the labels where it has the target column. Columns are found
 * by name. Throws InputError for a missing column, and for text where the recipe has numbers.
 */
export const applyRecipe = (recipe: Recipe, table: Table, rows: Int32Array = allRows(table.rows)): Matrix => {
  const { steps, width } = planOf(recipe);
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const features = new Float64Array(rows.length * width);
  for (const step of steps) {
    const column = columns.get(step.feature.column);
    if (!column) throw absentColumn(step.feature.column, table);
    applyStep(step, column, table, rows, features, width);
  }
  const target = columns.get(recipe.target.name);
  const labels = target ? labelsOf(target, recipe.target, rows) : new Float64Array(0);
  return { features, width, rows: rows.length, labels };
};

const applyStep = (
  { feature, at, levels }: Step,
  column: Column,
  table: Table,
  rows: Int32Array,
  features: Float64Array,
  width: number,
) => {
  if (feature.kind === 'numeric') {
    const values = column.type === 'numeric' ? column.values : numbersOf(column, table);
    for (let index = 0; index < rows.length; index++)
      writeNumber(features, index * width + at, feature, values[rows[index]!]!);
    return;
  }
  if (column.type === 'numeric') {
    // The file spelled every value as a number: read with `readingFor(recipe)` it keeps its spelling.
    for (let index = 0; index < rows.length; index++) {
      const text = textAt(column, rows[index]!);
      writeLevel(features, index * width + at, feature, text === undefined ? absent : (levels.get(text) ?? unseen));
    }
    return;
  }
  const places = column.levels.map((level) => levels.get(level) ?? unseen);
  for (let index = 0; index < rows.length; index++)
    writeLevel(features, index * width + at, feature, places[column.codes[rows[index]!]!] ?? absent);
};

const numbersOf = (column: Extract<Column, { type: 'categorical' }>, table: Table): Float64Array => {
  const row = column.codes.findIndex((code) => code >= 0 && Number.isNaN(numberOf(column.levels[code]!)));
  if (row < 0)
    return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : numberOf(column.levels[code]!)));
  throw notANumber(column.name, column.levels[column.codes[row]!]!, `${table.name}, data row ${row + 1}`);
};

const absentColumn = (name: string, table: Table) =>
  new InputError({
    what: `${table.name} has no column ${shown(name)}`,
    expected: `the columns of the training file; it has ${listed(table.columns.map(({ name }) => name))}`,
    todo: 'Add the column, or name the columns in a header line',
  });

import { InputError } from '../../spec/errors.ts';
import type { Dataset, DatasetColumn } from '../dataset.ts';
import { listed, shown } from '../quote.ts';
import type { CompiledFeature } from './compiled.ts';
import { compileDate } from './dates.ts';
import { compileLevels } from './levels.ts';
import { compileFewNumbers, compileNumber } from './numbers.ts';
import type { Feature, Recipe } from './schema.ts';
import { refuseUnreadable, type Reading } from './unreadable.ts';

export interface CompileOptions {
  /** Condition for the rows that the recipe was fitted on, in SQL over `splitView`; default none. Target encoding has values of their own for them. */
  fittedOn?: string;
  /** All values of numeric columns that have few, by name. */
  few?: ReadonlyMap<string, readonly number[]> | undefined;
}

/**
 * The recipe as queries over the rows of a dataset, which need not be the one it was fitted on; columns are found by name. Throws
 * InputError for a missing column, and for a cell that is not the number or the date that it should be.
 */
export const compileRecipe = async (
  recipe: Recipe,
  dataset: Dataset,
  options: CompileOptions = {},
): Promise<CompiledFeature[]> => {
  const readings = readingsOf(recipe, dataset);
  await refuseUnreadable(readings, dataset);
  return compileReadings(readings, options);
};

/** What each feature of a recipe reads in a dataset. Throws InputError naming every missing column. */
export const readingsOf = ({ features }: Recipe, dataset: Dataset): FeatureReading[] => {
  const columns = new Map(dataset.columns.map((column) => [column.name, column]));
  const absent = new Set<string>();
  const readings = features.flatMap((feature) => {
    const column = columns.get(feature.column);
    if (!column) absent.add(feature.column);
    return column ? [{ feature, kind: feature.kind, column }] : [];
  });
  if (absent.size > 0) throw absentColumns([...absent], dataset);
  return readings;
};

/** The features, where every cell is known to be readable. */
export const compileReadings = (readings: readonly FeatureReading[], options: CompileOptions = {}): CompiledFeature[] =>
  readings.flatMap(({ feature, column }) => compileFeature(feature, column, options));

export interface FeatureReading extends Reading {
  feature: Feature;
}

const compileFeature = (
  feature: Feature,
  column: DatasetColumn,
  { fittedOn, few }: CompileOptions,
): CompiledFeature[] => {
  const { name, sql, type } = column;
  if (feature.kind === 'numeric') {
    const known = type === 'numeric' ? few?.get(name) : undefined;
    if (known) return [compileFewNumbers(feature, sql, known)];
    return compileNumber(feature, type === 'numeric' ? sql : `try_cast(replace(${sql}, '_', '') AS DOUBLE)`);
  }
  if (feature.kind === 'date') return compileDate(feature, type === 'numeric' ? `${sql}::VARCHAR` : sql);
  return [compileLevels(feature, column, fittedOn)];
};

const absentColumns = (names: readonly string[], dataset: Dataset) =>
  new InputError({
    what: `${dataset.name} has no column ${listed(names.map(shown), 10)}`,
    expected: `the columns of the training file; it has ${listed(dataset.columns.map((column) => column.name))}`,
    todo: `Add the column${names.length > 1 ? 's' : ''}, or name the columns in a header line`,
  });

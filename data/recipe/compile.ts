import { InputError } from '../../spec/errors.ts';
import type { Dataset, DatasetColumn } from '../dataset.ts';
import { listed, shown } from '../quote.ts';
import type { CompiledFeature } from './compiled.ts';
import { compileDate } from './dates.ts';
import { compileLevels } from './levels.ts';
import { compileNumber } from './numbers.ts';
import type { Feature, Recipe } from './schema.ts';
import { refuseUnreadable } from './unreadable.ts';

export interface CompileOptions {
  /** Whether the query is for the rows that the recipe was fitted on: target encoding has values of their own for them. */
  train: boolean;
}

/**
 * The recipe as queries over the rows of a dataset, which need not be the one it was fitted on; columns are found by name. Throws
 * InputError for a missing column, and for a cell that is not the number or the date that it should be.
 */
export const compileRecipe = async (
  recipe: Recipe,
  dataset: Dataset,
  { train }: CompileOptions,
): Promise<CompiledFeature[]> => {
  const columns = new Map(dataset.columns.map((column) => [column.name, column]));
  const readings = recipe.features.map((feature) => {
    const column = columns.get(feature.column);
    if (!column) throw absentColumn(feature.column, dataset);
    return { feature, kind: feature.kind, column };
  });
  await refuseUnreadable(readings, dataset);
  return readings.flatMap(({ feature, column }) => compileFeature(feature, column, train));
};

const compileFeature = (feature: Feature, column: DatasetColumn, train: boolean): CompiledFeature[] => {
  const { sql, type } = column;
  if (feature.kind === 'numeric')
    return compileNumber(feature, type === 'numeric' ? sql : `try_cast(replace(${sql}, '_', '') AS DOUBLE)`);
  if (feature.kind === 'date') return compileDate(feature, type === 'numeric' ? `${sql}::VARCHAR` : sql);
  return [compileLevels(feature, column, train)];
};

const absentColumn = (name: string, dataset: Dataset) =>
  new InputError({
    what: `${dataset.name} has no column ${shown(name)}`,
    expected: `the columns of the training file; it has ${listed(dataset.columns.map((column) => column.name))}`,
    todo: 'Add the column, or name the columns in a header line',
  });

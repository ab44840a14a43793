import { InputError } from '../../spec/errors.ts';
import { numberGrammar } from '../cell.ts';
import { rowsView, type Dataset, type DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import { listed, shown } from '../quote.ts';
import type { CompiledFeature } from './compiled.ts';
import { compileDate, isDateSql } from './dates.ts';
import { compileLevels } from './levels.ts';
import { compileNumber } from './numbers.ts';
import { notADate, notANumber } from './refusals.ts';
import type { Feature, Recipe } from './schema.ts';

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
  const compiled: CompiledFeature[] = [];
  for (const feature of recipe.features) {
    const column = columns.get(feature.column);
    if (!column) throw absentColumn(feature.column, dataset);
    await refuseUnreadable(feature, column, dataset);
    compiled.push(...compileFeature(feature, column, train));
  }
  return compiled;
};

const compileFeature = (feature: Feature, column: DatasetColumn, train: boolean): CompiledFeature[] => {
  const { sql, type } = column;
  if (feature.kind === 'numeric')
    return compileNumber(feature, type === 'numeric' ? sql : `try_cast(replace(${sql}, '_', '') AS DOUBLE)`);
  if (feature.kind === 'date') return compileDate(feature, type === 'numeric' ? `${sql}::VARCHAR` : sql);
  return [compileLevels(feature, column, train)];
};

/** What cells have to be where the types of the file do not say it already, in SQL over a cell. */
const readable = ({ kind }: Feature, { type }: DatasetColumn): string | undefined => {
  if (kind === 'numeric' && type === 'categorical')
    return `(regexp_full_match(cell, ${quoted(numberGrammar)}) AND isfinite(try_cast(replace(cell, '_', '') AS DOUBLE)))`;
  return kind === 'date' ? isDateSql('cell::VARCHAR') : undefined;
};

const refuseUnreadable = async (feature: Feature, column: DatasetColumn, { engine, name }: Dataset) => {
  const condition = readable(feature, column);
  if (condition === undefined) return;
  const distinct = `SELECT ${column.sql} AS cell FROM ${rowsView} GROUP BY 1`;
  const bad = `SELECT cell FROM (${distinct}) WHERE cell IS NOT NULL AND NOT coalesce(${condition}, false)`;
  const [some] = await engine.rows(`${bad} LIMIT 1`);
  if (!some) return;
  const [first] = await engine.rows<{ cell: string; row: bigint }>(
    `SELECT arg_min(cell, row)::VARCHAR AS cell, min(row) AS row FROM (SELECT ${column.sql} AS cell, row_number() OVER () AS row FROM ${rowsView}) WHERE cell IN (${bad})`,
  );
  const refuse = feature.kind === 'date' ? notADate : notANumber;
  throw refuse(feature.column, first?.cell ?? '', `${name}, data row ${first?.row ?? '?'}`);
};

const absentColumn = (name: string, dataset: Dataset) =>
  new InputError({
    what: `${dataset.name} has no column ${shown(name)}`,
    expected: `the columns of the training file; it has ${listed(dataset.columns.map((column) => column.name))}`,
    todo: 'Add the column, or name the columns in a header line',
  });

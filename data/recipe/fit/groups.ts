/** The distinct values of some columns with their train rows, in a table: all that is learned is computed from it. */
import type { Dataset, DatasetColumn } from '../../dataset.ts';
import type { Engine } from '../../engine.ts';
import type { Values } from '../../profile/groups.ts';
import { splitView } from '../../split.ts';
import { valuesQuery } from '../../values.ts';
import { isWide } from '../../wideTable.ts';

/** By (k, v): `k` the column's place in the batch, `v` its value (NULL where missing), `n` the train rows; of texts none may be left. */
export const groupsTable = 'recipe_groups';

const batchTable = 'recipe_batch';

/** Where the rows of some columns are read, and which of them are train rows. */
export interface Source {
  from: string;
  /** A condition. */
  rows: string;
}

/** `rows` is the condition for the train rows. */
export const sourceOf = async (
  dataset: Pick<Dataset, 'engine' | 'columns'>,
  columns: readonly DatasetColumn[],
  rows: string,
): Promise<Source> => {
  if (!isWide(dataset)) return { from: splitView, rows };
  await dataset.engine.run(
    `CREATE OR REPLACE TABLE ${batchTable} AS SELECT ${columns.map(({ sql }) => sql).join(', ')}, (${rows}) AS learned FROM ${splitView}`,
  );
  return { from: batchTable, rows: 'learned' };
};

/** Columns of one type; of numbers nothing is kept that no train row has. */
export const groupColumns = async (
  engine: Engine,
  columns: readonly DatasetColumn[],
  { from, rows }: Source,
): Promise<void> => {
  const keyed = columns.map((column, key) => ({ key, column }));
  const query =
    columns[0]?.type === 'numeric'
      ? valuesQuery(keyed, { from: `${from} WHERE ${rows}`, aggregates: { n: 'count(*)::DOUBLE' } })
      : valuesQuery(keyed, { from, of: { l: `(${rows})::UTINYINT` }, aggregates: { n: 'sum(l)::DOUBLE' } });
  await engine.run(`CREATE OR REPLACE TABLE ${groupsTable} AS ${query}`);
};

/** The same from what has been grouped for the profile. */
export const takeGroups = async (
  { engine, columns: all }: Pick<Dataset, 'engine' | 'columns'>,
  columns: readonly DatasetColumn[],
  { grouped }: Pick<Values, 'grouped'>,
): Promise<void> => {
  const type = columns[0]?.type ?? 'numeric';
  const { values } = await grouped[type];
  const keys = columns.map(({ sql }) => all.findIndex((column) => column.sql === sql)).join(', ');
  const learned = type === 'numeric' ? ' AND learned > 0' : '';
  await engine.run(
    `CREATE OR REPLACE TABLE ${groupsTable} AS SELECT list_position([${keys}], k) - 1 AS k, v, learned AS n FROM ${values} WHERE k IN (${keys})${learned}`,
  );
};

export const dropGroups = async (engine: Engine) => {
  for (const table of [groupsTable, batchTable]) await engine.run(`DROP TABLE IF EXISTS ${table}`);
};

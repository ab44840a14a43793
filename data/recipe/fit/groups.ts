/**
 * The distinct values of some columns with their train rows, in a temporary table: all that is learned is computed from it, so that
 * the rows are read once for each column and nothing is held for every row.
 */
import type { Dataset, DatasetColumn } from '../../dataset.ts';
import type { Engine } from '../../engine.ts';
import { splitView } from '../../split.ts';
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
    `CREATE OR REPLACE TEMP TABLE ${batchTable} AS SELECT ${columns.map(({ sql }) => sql).join(', ')}, (${rows}) AS learned FROM ${splitView}`,
  );
  return { from: batchTable, rows: 'learned' };
};

/** Columns of one type; of numbers nothing is kept that no train row has. */
export const groupColumns = async (
  engine: Engine,
  columns: readonly DatasetColumn[],
  { from, rows }: Source,
): Promise<void> => {
  const queries = columns.map(({ sql, type }, k) =>
    type === 'numeric'
      ? `SELECT ${k} AS k, ${sql} AS v, count(*)::DOUBLE AS n FROM ${from} WHERE ${rows} GROUP BY ${sql}`
      : `SELECT ${k} AS k, ${sql} AS v, (count(*) FILTER (${rows}))::DOUBLE AS n FROM ${from} GROUP BY ${sql}`,
  );
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${groupsTable} AS ${queries.join(' UNION ALL ')}`);
};

export const dropGroups = async (engine: Engine) => {
  for (const table of [groupsTable, batchTable]) await engine.run(`DROP TABLE IF EXISTS ${table}`);
};

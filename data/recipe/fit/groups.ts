/**
 * The distinct values of some columns with their train rows, in a temporary table: all that is learned is computed from it, so that
 * the rows are read once for each column and nothing is held for every row.
 */
import type { DatasetColumn } from '../../dataset.ts';
import type { Engine } from '../../engine.ts';
import { splitView } from '../../split.ts';

/** By (k, v): `k` the column's place in the batch, `v` its value (NULL where missing), `n` the train rows; none may be left. */
export const groupsTable = 'recipe_groups';

/** Columns of one type; `rows` is the condition for the train rows. */
export const groupColumns = async (engine: Engine, columns: readonly DatasetColumn[], rows: string): Promise<void> => {
  const queries = columns.map(
    ({ sql }, k) =>
      `SELECT ${k} AS k, ${sql} AS v, (count(*) FILTER (${rows}))::DOUBLE AS n FROM ${splitView} GROUP BY ${sql}`,
  );
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${groupsTable} AS ${queries.join(' UNION ALL ')}`);
};

export const dropGroups = (engine: Engine) => engine.run(`DROP TABLE IF EXISTS ${groupsTable}`);

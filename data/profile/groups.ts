/**
 * The distinct values of some columns with what is needed about each, in temporary tables: everything else is computed from them.
 * Rows are read once for each column, values may be as many as the rows (the tables spill into the engine's folder).
 */
import { rowsView, type Dataset, type DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import type { Target } from '../target.ts';
import { isWide } from '../wideTable.ts';

/** One column of a batch, with its number in the tables. */
export interface Keyed {
  key: number;
  column: DatasetColumn;
}

/** What is known of the target before the columns are read. */
export interface TargetFacts {
  target: Target;
  column: DatasetColumn;
  /** Regression: the mean, the sum of squared differences from it, and SQL that gives the rank of a label's twentieth. */
  mean: number;
  squares: number;
  rank: string;
}

/**
 * By (k, v): rows `n`, of two classes the rows `p` of the second, of a number sums over it. Of more classes there are, by (k, v, t),
 * rows `n` in a table of their own.
 */
export const valuesTable = 'profile_values';
export const classesTable = 'profile_classes';
const batchTable = 'profile_batch';

export const bins = 20;

/** Where the columns, and the target, are read: the rows themselves, or a copy of them; `drop` lets go of it. */
export const sourceOf = async (
  dataset: Dataset,
  columns: readonly Keyed[],
  facts: TargetFacts | undefined,
): Promise<{ source: string; drop(): Promise<void> }> => {
  if (!isWide(dataset)) return { source: rowsView, drop: () => Promise.resolve() };
  const { engine } = dataset;
  const chosen = new Set([...columns.map(({ column }) => column.sql), ...(facts ? [facts.column.sql] : [])]);
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${batchTable} AS SELECT ${[...chosen].join(', ')} FROM ${rowsView}`);
  return { source: batchTable, drop: () => engine.run(`DROP TABLE ${batchTable}`) };
};

/** Groups the columns (of one type) of a batch; `drop` lets go of the tables. */
export const groupColumns = async (
  { engine }: Dataset,
  batch: readonly Keyed[],
  facts: TargetFacts | undefined,
  source: string,
): Promise<{ drop(): Promise<void> }> => {
  const union = (select: (sql: string) => string) =>
    batch.map(({ key, column }) => `SELECT ${key}::INTEGER AS k, ${select(column.sql)}`).join(' UNION ALL ');
  const { classes = [], numeric } = facts?.target ?? {};
  if (facts && classes.length > 2) {
    const labelled = union(
      (sql) => `${sql} AS v, ${facts.column.sql} AS t, count(*)::DOUBLE AS n FROM ${source} GROUP BY ALL`,
    );
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${classesTable} AS ${labelled}`);
    await engine.run(
      `CREATE OR REPLACE TEMP TABLE ${valuesTable} AS SELECT k, v, sum(n) AS n FROM ${classesTable} GROUP BY k, v`,
    );
  } else {
    const positive = numeric ? `${classes[1]}::DOUBLE` : quoted(classes[1] ?? '');
    const sums =
      facts &&
      (classes.length === 2
        ? `count(*) FILTER (${facts.column.sql} = ${positive})::DOUBLE AS p`
        : regressionSums(facts));
    const values = union(
      (sql) => `${sql} AS v, count(*)::DOUBLE AS n${sums ? `, ${sums}` : ''} FROM ${source} GROUP BY ${sql}`,
    );
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${valuesTable} AS ${values}`);
  }
  return {
    async drop() {
      for (const table of [valuesTable, classesTable]) await engine.run(`DROP TABLE IF EXISTS ${table}`);
    },
  };
};

const regressionSums = ({ column: { sql }, mean, rank }: TargetFacts) => {
  const centred = `(${sql} - ${mean}::DOUBLE)`;
  return [
    `fsum(${centred}) AS s`,
    `fsum(${centred} * ${centred}) AS s2`,
    `sum(${rank}) AS r`,
    `sum(${rank} * ${rank}) AS r2`,
    `min(${sql}) AS low`,
    `max(${sql}) AS high`,
  ].join(', ');
};

/** What is needed about the target of a regression; classes need nothing more than the target says. */
export const targetFacts = async ({ engine }: Dataset, target: Target, column: DatasetColumn): Promise<TargetFacts> => {
  if (target.classes) return { target, column, mean: 0, squares: 0, rank: '0' };
  const { sql } = column;
  const groups = `SELECT ${sql} AS y, count(*)::DOUBLE AS n FROM ${rowsView} GROUP BY 1`;
  const [centre] = await engine.rows<{ mean: number }>(`SELECT fsum(n * y) / sum(n) AS mean FROM (${groups})`);
  const mean = centre?.mean ?? 0;
  const [spread] = await engine.rows<{ squares: number }>(
    `SELECT fsum(n * (y - ${mean}::DOUBLE) * (y - ${mean}::DOUBLE)) AS squares FROM (${groups})`,
  );
  const ranked = `SELECT y, n, sum(n) OVER (ORDER BY y ROWS UNBOUNDED PRECEDING) AS upto, sum(n) OVER () AS known FROM (${groups})`;
  const parts = await engine.rows<{ edge: number; upto: number }>(
    `SELECT max(y) AS edge, max(upto) AS upto FROM (${ranked}) GROUP BY floor(${bins} * (upto - n) / known) ORDER BY edge`,
  );
  const ranks = parts.map(({ upto }, place) => ((parts[place - 1]?.upto ?? 0) + upto) / 2);
  const cases = parts
    .slice(0, -1)
    .map(({ edge }, place) => `WHEN ${sql} <= ${edge}::DOUBLE THEN ${ranks[place]}::DOUBLE`);
  const last = `${ranks.at(-1) ?? 0}::DOUBLE`;
  const rank = cases.length > 0 ? `(CASE ${cases.join(' ')} ELSE ${last} END)` : last;
  return { target, column, mean, squares: spread?.squares ?? 0, rank };
};

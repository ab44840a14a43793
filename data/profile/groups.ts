/** The distinct values of some columns with what the profile needs about each, in tables: everything else is computed from them. */
import type { DuckDBListValue } from '@duckdb/node-api';
import { rowsView, type Dataset, type DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import { splitView } from '../split.ts';
import type { Profile } from './schema.ts';
import { columnNamed, type Target } from '../target.ts';
import {
  type Aggregate,
  aggregate,
  keyedOf,
  type Keyed,
  rowCount,
  rowsQuery,
  rowsWith,
  valuesQuery,
} from '../values.ts';
import { isWide } from '../wideTable.ts';

/** What is known of the target before the columns are read. */
export interface TargetFacts {
  target: Target;
  column: DatasetColumn;
  /** Regression: the mean, the sum of squared differences from it, and SQL that gives the rank of a label's twentieth. */
  mean: number;
  squares: number;
  rank: string;
}

/** Where grouped columns are found. */
export interface Grouped {
  /** A table of all that are not continuous, by (k, v): rows `n`, of two classes the rows `p` of the second, of a number sums over it; where they were told, the rows `learned` to learn from. */
  values: string;
  /** Of more than two classes, by (k, v, t): rows `n`. */
  classes: string;
  /** A view like `values` of all columns, continuous ones with a row for each of theirs. */
  all: string;
  /** Continuous columns by key: queries of what `values`, of more than two classes `classes`, would hold of them, with a row for each row. */
  rows: ReadonlyMap<number, string>;
  drop(): Promise<void>;
}

const batchTable = 'profile_batch';

export const bins = 20;

/** Where the columns, and the target, are read: the rows themselves, or a copy of them; `drop` lets go of it. */
export const sourceOf = async (
  dataset: Dataset,
  columns: readonly Keyed[],
  facts: TargetFacts | undefined,
): Promise<{ source: string; drop: () => Promise<void> }> => {
  if (!isWide(dataset)) return { source: rowsView, drop: () => Promise.resolve() };
  const { engine } = dataset;
  const chosen = new Set([...columns.map(({ column }) => column.sql), ...(facts ? [facts.column.sql] : [])]);
  await engine.run(`CREATE OR REPLACE TABLE ${batchTable} AS SELECT ${[...chosen].join(', ')} FROM ${rowsView}`);
  return { source: batchTable, drop: () => engine.run(`DROP TABLE ${batchTable}`) };
};

/** The values of all columns, grouped once for the profile and for the recipe that learns from the same rows. */
export interface Values {
  facts: TargetFacts;
  /** The condition for the rows to learn from. */
  rows: string;
  grouped: Record<DatasetColumn['type'], Promise<Grouped>>;
  /** All values of the numeric columns that have few, by name; `profile` tells which. */
  few(profile: Pick<Profile, 'columns'>): Promise<Map<string, number[]>>;
  drop(): Promise<void>;
}

/** Of so many values each is looked up faster than it is computed and spelled. */
const fewValues = 200;

/** More columns are grouped in batches, by profile and recipe each for itself. */
const mostColumns = 100;

/** Undefined where there are too many columns. `rows`: the condition for the rows to learn from, in SQL over `splitView`. */
export const groupValues = async (dataset: Dataset, target: Target, rows: string): Promise<Values | undefined> => {
  if (dataset.columns.length > columnsAtOnce(target)) return undefined;
  const facts = await targetFacts(dataset, target, columnNamed(dataset, 'the target', target.name));
  const group = async (type: DatasetColumn['type']) => {
    return groupColumns(dataset, keyedOf(dataset, type), facts, { source: splitView, learned: rows });
  };
  const grouped = { numeric: group('numeric'), categorical: group('categorical') };
  // Whoever needs one of them hears of its failure.
  for (const own of Object.values(grouped)) own.catch(() => undefined);
  return {
    facts,
    rows,
    grouped,
    async few({ columns }) {
      const keys = columns.flatMap(({ type, distinct }, key) =>
        type === 'numeric' && distinct > 0 && distinct <= fewValues ? [key] : [],
      );
      if (keys.length === 0) return new Map();
      const { values } = await grouped.numeric;
      const found = await dataset.engine.rows<{ k: number; own: DuckDBListValue }>(
        `SELECT k, list(DISTINCT v ORDER BY v) AS own FROM ${values} WHERE k IN (${keys.join(', ')}) AND v IS NOT NULL GROUP BY k`,
      );
      return new Map(found.map(({ k, own }) => [columns[k]?.name ?? '', own.items as number[]]));
    },
    async drop() {
      for (const own of Object.values(grouped)) await (await own).drop();
    },
  };
};

/** Cells of the tables of bins by class that are looked at together. */
const mostCells = 200_000;

/** How many columns are described together. */
export const columnsAtOnce = (target: Target | undefined) => {
  const cells = 52 * Math.max(1, target?.classes?.length ?? 1);
  return Math.max(1, Math.min(mostColumns, Math.floor(mostCells / cells)));
};

/** Groups columns of one type; `learned` is a condition for the rows to learn from. */
export const groupColumns = async (
  { engine, rows: rowsRead }: Dataset,
  columns: readonly Keyed[],
  facts: TargetFacts | undefined,
  { source, learned }: { source: string; learned?: string },
): Promise<Grouped> => {
  const type = columns[0]?.column.type ?? 'none';
  const prefix = learned ? 'kept' : 'profile';
  const [values, byClass, all] = [`${prefix}_values_${type}`, `${prefix}_classes_${type}`, `${prefix}_all_${type}`];
  const drop = async () => {
    await engine.run(`DROP VIEW IF EXISTS ${all}`);
    for (const table of [values, byClass]) await engine.run(`DROP TABLE IF EXISTS ${table}`);
  };
  // Nobody asks for values of no column.
  if (columns.length === 0) return { values, classes: byClass, all, rows: new Map(), drop };
  const { classes = [] } = facts?.target ?? {};
  const isByClass = classes.length > 2;
  const learning = learned && { of: { l: `(${learned})::DOUBLE` }, aggregates: { learned: rowsWith('l') } };
  const about = facts && (classes.length === 2 ? hits(facts) : isByClass ? label(facts) : sums(facts));
  const options = {
    from: source,
    rows: rowsRead,
    of: { ...about?.of, ...(learning && learning.of) },
    aggregates: { n: rowCount, ...about?.aggregates, ...(learning && learning.aggregates) },
    ...(isByClass && { by: 't' }),
  };
  const rows = new Map(
    columns.flatMap((keyed) => (keyed.column.continuous ? [[keyed.key, rowsQuery(keyed, options)] as const] : [])),
  );
  const few = columns.filter(({ key }) => !rows.has(key));
  const [anyRow = ''] = rows.values();
  const query = few.length > 0 ? valuesQuery(few, options) : `SELECT * FROM (${anyRow}) LIMIT 0`;
  await engine.run(`CREATE OR REPLACE TABLE ${isByClass ? byClass : values} AS ${query}`);
  if (isByClass)
    await engine.run(
      `CREATE OR REPLACE TABLE ${values} AS SELECT k, v, sum(n) AS n${learned ? ', sum(learned) AS learned' : ''} FROM ${byClass} GROUP BY k, v`,
    );
  const parts = [...rows.values()].map((own) => `SELECT *${isByClass ? ' EXCLUDE (t)' : ''} FROM (${own})`);
  await engine.run(`CREATE OR REPLACE VIEW ${all} AS ${[`FROM ${values}`, ...parts].join(' UNION ALL ')}`);
  return { values, classes: byClass, all, rows, drop };
};

type About = (facts: TargetFacts) => { of: Record<string, string>; aggregates: Record<string, Aggregate> };

const hits: About = ({ target: { classes = [], numeric }, column: { sql } }) => ({
  of: { hit: `(${sql} = ${numeric ? `${classes[1]}::DOUBLE` : quoted(classes[1] ?? '')})::DOUBLE` },
  aggregates: { p: rowsWith('hit') },
});

const label: About = ({ column: { sql } }) => ({ of: { t: sql }, aggregates: {} });

const sums: About = ({ column: { sql }, mean, rank }) => ({
  of: { y: sql, d: `(${sql} - ${mean}::DOUBLE)`, rank },
  aggregates: {
    s: aggregate('fsum', 'd'),
    s2: aggregate('fsum', 'd * d'),
    r: aggregate('sum', 'rank'),
    r2: aggregate('sum', 'rank * rank'),
    low: aggregate('min', 'y'),
    high: aggregate('max', 'y'),
  },
});

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

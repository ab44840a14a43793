/** The distinct values of some columns with their train rows: all that is learned is computed from these. */
import type { Dataset, DatasetColumn } from '../../dataset.ts';
import type { Engine } from '../../engine.ts';
import type { Values } from '../../profile/groups.ts';
import { splitView } from '../../split.ts';
import { aggregate, rowCount, rowsQuery, valuesQuery } from '../../values.ts';
import { isWide } from '../../wideTable.ts';

/** Where the train rows of columns are found, by their places in the batch. Continuous columns have a row for each of theirs. */
export interface Groups {
  /** A view: `k` the column's place, `v` its value (NULL where missing), `n` the train rows; of texts none may be left. */
  all: string;
  /** A query of the same columns, but for the continuous ones. */
  values: string | undefined;
  /** Continuous columns: a query of `v` and `n` of each. */
  rows: ReadonlyMap<number, string>;
}

/** A query of `v` and `n` of one column. */
export const groupsOf = ({ values, rows }: Groups, k: number): string =>
  rows.get(k) ?? `SELECT v, n FROM (${values}) WHERE k = ${k}`;

const groupsView = 'recipe_groups';
const valuesTable = 'recipe_values';
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
): Promise<Groups> => {
  const keyed = columns.map((column, key) => ({ key, column }));
  const options =
    columns[0]?.type === 'numeric'
      ? { from: `${from} WHERE ${rows}`, aggregates: { n: rowCount } }
      : { from, of: { l: `(${rows})::DOUBLE` }, aggregates: { n: aggregate('sum', 'l') } };
  const few = keyed.filter(({ column }) => !column.continuous);
  if (few.length > 0) await engine.run(`CREATE OR REPLACE TABLE ${valuesTable} AS ${valuesQuery(few, options)}`);
  const continuous = keyed.filter(({ column }) => column.continuous);
  return show(engine, {
    values: few.length > 0 ? `SELECT k, v, n FROM ${valuesTable}` : undefined,
    rows: new Map(continuous.map((own) => [own.key, rowsQuery(own, options)])),
  });
};

/** The same from what has been grouped for the profile. */
export const takeGroups = async (
  { engine, columns: all }: Pick<Dataset, 'engine' | 'columns'>,
  columns: readonly DatasetColumn[],
  { grouped }: Pick<Values, 'grouped'>,
): Promise<Groups> => {
  const type = columns[0]?.type ?? 'numeric';
  const { values, rows } = await grouped[type];
  const learned = type === 'numeric' ? 'learned > 0' : 'true';
  const keys = columns.map(({ sql }) => all.findIndex((column) => column.sql === sql));
  const few = keys.filter((key) => !rows.has(key)).join(', ');
  return show(engine, {
    values: few
      ? `SELECT list_position([${keys.join(', ')}], k) - 1 AS k, v, learned AS n FROM ${values} WHERE k IN (${few}) AND ${learned}`
      : undefined,
    rows: new Map(
      keys.flatMap((key, k) => {
        const own = rows.get(key);
        return own ? [[k, `SELECT v, learned AS n FROM (${own}) WHERE ${learned}`] as const] : [];
      }),
    ),
  });
};

const show = async (engine: Engine, { values, rows }: Omit<Groups, 'all'>): Promise<Groups> => {
  const parts = [...rows].map(([k, own]) => `SELECT ${k} AS k, v, n FROM (${own})`);
  await engine.run(
    `CREATE OR REPLACE VIEW ${groupsView} AS ${[...(values ? [values] : []), ...parts].join(' UNION ALL ')}`,
  );
  return { all: groupsView, values, rows };
};

export const dropGroups = async (engine: Engine) => {
  await engine.run(`DROP VIEW IF EXISTS ${groupsView}`);
  for (const table of [valuesTable, batchTable]) await engine.run(`DROP TABLE IF EXISTS ${table}`);
};

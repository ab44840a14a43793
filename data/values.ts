/**
 * The distinct values of columns, with what is needed about each: profile and recipe are computed from these, so that the rows are
 * read once for many columns and nothing is held for every row. Continuous columns have about as many values as rows: of these every row is read.
 */
import type { Dataset, DatasetColumn } from './dataset.ts';
import { batched } from './batched.ts';

/** One column with its number in the tables. */
export interface Keyed {
  key: number;
  column: DatasetColumn;
}

/** The columns of one type; their places are their numbers. */
export const keyedOf = ({ columns }: Pick<Dataset, 'columns'>, type: DatasetColumn['type']): Keyed[] =>
  columns.flatMap((column, key) => (column.type === type ? [{ key, column }] : []));

/** In SQL, of `all` rows and of `one`. */
export interface Aggregate {
  all: string;
  one: string;
  /** Of a condition (a DOUBLE, 0 or 1): its sum is how many rows meet it. */
  isCount?: boolean;
}

/** How many rows there are. */
export const rowCount: Aggregate = { all: 'count(*)::DOUBLE', one: '1::DOUBLE' };

/** Of an expression, by a function that leaves a single value as it is. */
export const aggregate = (name: 'sum' | 'fsum' | 'min' | 'max', one: string): Aggregate => ({
  all: `${name}(${one})`,
  one,
});

/** How many rows meet a condition, which is 0 or 1 (DOUBLE). */
export const rowsWith = (condition: string): Aggregate => ({ ...aggregate('sum', condition), isCount: true });

export interface GroupOptions {
  /** A view or a table. */
  from: string;
  /** How many it has, where two conditions are counted. */
  rows?: number;
  /** Expressions over the rows that `aggregates` (and `by`) use, by name. */
  of?: Readonly<Record<string, string>>;
  /** By name. */
  aggregates: Readonly<Record<string, Aggregate>>;
  /** One of `of`: values are told apart by it too. */
  by?: string;
}

/** Every column that is grouped has a table in memory while the rows are read. */
const columnsAtOnce = 32;

/** A query with a row for each value `v` (NULL where missing) of each column, by its key `k`, and the aggregates; the columns are of one type. */
export const valuesQuery = (columns: readonly Keyed[], options: GroupOptions): string =>
  batched(columns, columnsAtOnce)
    .map((some) => inOnePass(some, options))
    .join(' UNION ALL ');

/** A query with the same columns, and a row for each row of one column. */
export const rowsQuery = ({ key, column }: Keyed, { from, of = {}, aggregates, by }: GroupOptions): string => {
  const told = Object.entries(aggregates).map(([name, { one }]) => `${one} AS ${name}`);
  const selected = [`${key}::INTEGER AS k`, 'v', ...(by ? [by] : []), ...told];
  return `SELECT ${selected.join(', ')} FROM (SELECT ${[`${column.sql} AS v`, ...named(of)].join(', ')} FROM ${from})`;
};

/** A query with a row for each column, by its key `k`, of aggregates; `values` is a query of all columns that are not continuous, `rows` holds one of each that is. */
export const factsQuery = (
  { values, rows }: { values: string | undefined; rows: ReadonlyMap<number, string> },
  aggregates: string,
): string =>
  [
    ...(values ? [`SELECT k, ${aggregates} FROM (${values}) GROUP BY k`] : []),
    ...[...rows].map(([k, own]) => `SELECT ${k} AS k, ${aggregates} FROM (${own})`),
  ].join(' UNION ALL ');

const named = (expressions: Readonly<Record<string, string>>) =>
  Object.entries(expressions).map(([name, sql]) => `${sql} AS ${name}`);

/** Two counts fit into the digits of one DOUBLE, which takes one sum: of so many rows at most. */
const packedRows = 2 ** 26;

const inOnePass = (columns: readonly Keyed[], { from, rows = Infinity, of = {}, aggregates, by }: GroupOptions) => {
  const cells = columns.map((_, place) => `v${place}`);
  const read = columns.map(({ column }, place) => `${column.sql} AS v${place}`);
  // Of the bits of GROUPING, the first column's the highest, one is 0: that of the column which the row belongs to.
  const place = `${cells.length} - bit_count(${2 ** cells.length - 1} - GROUPING(${cells.join(', ')}) - 1)`;
  const keys = columns.map(({ key }) => key);
  const told = Object.entries(aggregates);
  const [first, second, ...others] = told.filter(([, { isCount }]) => isCount === true);
  const isPacked = first !== undefined && second !== undefined && others.length === 0 && rows < packedRows;
  const summed = isPacked
    ? [
        ...told.filter(([, { isCount }]) => isCount !== true).map(([name, { all }]) => `${all} AS ${name}`),
        `sum(coalesce(${first[1].one}, 0) + ${packedRows} * coalesce(${second[1].one}, 0)) AS packed`,
      ]
    : told.map(([name, { all }]) => `${all} AS ${name}`);
  const selected = [
    `([${keys.join(', ')}])[${place}]::INTEGER AS k`,
    `coalesce(${cells.join(', ')}) AS v`,
    ...(by ? [by] : []),
    ...summed,
  ];
  const sets = cells.map((cell) => `(${[cell, ...(by ? [by] : [])].join(', ')})`);
  const query = `SELECT ${selected.join(', ')} FROM (SELECT ${[...read, ...named(of)].join(', ')} FROM ${from}) GROUP BY GROUPING SETS (${sets.join(', ')})`;
  if (!isPacked) return query;
  const unpacked = new Map([
    [first[0], `packed % ${packedRows}`],
    [second[0], `floor(packed / ${packedRows})`],
  ]);
  const names = told.map(([name]) => (unpacked.has(name) ? `${unpacked.get(name)} AS ${name}` : name));
  return `SELECT ${['k', 'v', ...(by ? [by] : []), ...names].join(', ')} FROM (${query})`;
};

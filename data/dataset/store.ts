/**
 * Where the rows of one object lie: in a Parquet file, which is small and read in any order, unless they have so many columns that
 * a file of them needs more memory to write than to hold; then in a table of the engine.
 */
import { rm } from 'node:fs/promises';
import { InputError } from '../../spec/errors.ts';
import { quoted, type Engine } from '../engine.ts';
import { columnSql, hashColumn, rowHash, type DatasetColumn } from './columns.ts';

/** More columns go into a table: every column of a Parquet file has a writer with buffers of its own. */
export const mostInFile = 2000;

/** What to select from. */
export const stored = (engine: Engine, to: string, columns: number) =>
  columns > mostInFile ? `"${to}"` : `read_parquet(${quoted(engine.path(to))})`;

export interface StoreOptions {
  /** How many, without the hash. */
  columns: number;
  /** For messages. */
  name: string;
  /** Types by column where each row's hash is stored beside its cells. */
  hashed?: readonly DatasetColumn['type'][] | undefined;
}

/** Stores the rows of a query under the name `to`. Throws InputError where a wide table is too large for the engine's memory. */
export const store = async (engine: Engine, to: string, selected: string, { columns, name, hashed }: StoreOptions) => {
  const cells = hashed?.map((type, place) => ({ type, sql: columnSql(place) }));
  const query = cells ? `SELECT *, ${rowHash(cells)} AS ${hashColumn} FROM (${selected})` : selected;
  if (columns <= mostInFile) return engine.run(copyTo(engine, to, query, columns));
  try {
    await engine.run(`DROP TABLE IF EXISTS "${to}"`);
    await engine.run(`CREATE TABLE "${to}" AS ${query}`);
  } catch (cause) {
    if (engineFault(cause) !== 'Out of Memory') throw cause;
    throw new InputError(
      {
        what: `${name} has ${columns} columns and too many rows for them`,
        expected: `at most ${mostInFile} columns, or cells that fit into memory together: more columns cannot be read in pieces`,
        todo: 'Leave columns or rows out of the file, or take the columns that say most',
      },
      { cause },
    );
  }
};

/** Lets go of what was stored under the name `to`. */
export const discard = async (engine: Engine, to: string, columns: number) =>
  columns > mostInFile ? engine.run(`DROP TABLE IF EXISTS "${to}"`) : rm(engine.path(to), { force: true });

/** The kind of an error of DuckDB, such as `Conversion` or `Out of Memory`. */
export const engineFault = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? /^([A-Za-z ]+) Error: /.exec(error.message)?.[1]
    : undefined;

/** Row groups of wide tables are short, so that one of them always fits into memory. */
const copyTo = (engine: Engine, to: string, query: string, columns: number) =>
  `COPY (${query}) TO ${quoted(engine.path(to))} (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE ${Math.max(2048, Math.min(122_880, Math.floor(4_000_000 / columns)))})`;

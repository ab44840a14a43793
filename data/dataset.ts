/**
 * The rows of a drop in DuckDB: every object becomes a Parquet file (a table where it is very wide), and `rows` a view over all of them in which each column is a
 * DOUBLE or a trimmed VARCHAR, NULL where it is missing. Nothing else is held in memory.
 */
import { InputError } from '../spec/errors.ts';
import { columnSql, hashColumn, type DatasetColumn } from './dataset/columns.ts';
import { continuousOf } from './dataset/continuous.ts';
import { ingest } from './dataset/ingest.ts';
import { discard, store, stored } from './dataset/store.ts';
import type { Engine } from './engine.ts';
import { listed, shown } from './quote.ts';

export type { DatasetColumn } from './dataset/columns.ts';

/** One object of a drop. */
export interface DropObject {
  /** For messages. */
  name: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface DatasetOptions {
  /** Whether the first row names the columns; default: sniffed. */
  header?: boolean;
  /** Columns (by name) that are text even where every cell is a number. */
  textColumns?: readonly string[];
  /** Every column is text: cells come back as they are spelled, missing ones too, but for blanks around them. */
  allText?: boolean;
  /** Names of the columns of an object without header; default column_1, column_2, … */
  columns?: readonly string[];
  /** The one of `columns` that an object without header may leave out. */
  mayLack?: string;
  /** A text column is what a column with an infinite number becomes, instead of refusing it; not so in Parquet. */
  infiniteAsText?: boolean;
  /** Largest text of one object, decompressed (bytes). */
  maxBytes?: number;
  /** Whether the rows will be told apart or split; default true, but where all is text. Without it there is no `hashedView`. */
  hashes?: boolean;
  /** From so many rows on columns may be continuous; default 200,000: the values of fewer are held whatever they are. */
  continuousFrom?: number;
}

export interface Dataset {
  engine: Engine;
  /** The drop, for messages. */
  name: string;
  columns: readonly DatasetColumn[];
  rows: number;
  /** Bytes of text read. */
  bytes: number;
  /** Without a delimiter: JSON lines or Parquet. */
  format: { delimiter: string; header: boolean };
}

/** Name of the view. */
export const rowsView = 'rows';

/** Name of a view of the same rows with the hash of each as `h` (see `rowHash`). */
export const hashedView = 'hashed_rows';

/** Reads all objects. Throws InputError for everything that is wrong with one of them, naming it and the row or column. */
export const openDataset = async (
  engine: Engine,
  objects: readonly DropObject[],
  options: DatasetOptions = {},
): Promise<Dataset> => {
  const { maxBytes = 64 * 2 ** 30, textColumns: given = [], hashes = options.allText !== true } = options;
  const { continuousFrom = 200_000 } = options;
  const read = async (object: DropObject, place: number, mixed: readonly string[]) => {
    const { name } = object;
    const file = `part-${place}`;
    const ingested = await ingest(engine, () => object.open(), file, {
      ...options,
      name,
      maxBytes,
      hashes: hashes && objects.length === 1,
      textColumns: [...given, ...mixed],
    });
    return { name, file, ...ingested };
  };
  const parts: Awaited<ReturnType<typeof read>>[] = [];
  for (const [place, object] of objects.entries()) {
    const part = await read(object, place, []);
    refuseOtherColumns(parts[0], part);
    parts.push(part);
  }
  const [first] = parts;
  if (!first) throw new RangeError('A dataset needs at least one object');
  // A column that is text in one object is text in all: numbers have to keep the spelling they have there.
  const mixed = first.names.filter((name) => new Set(parts.map((part) => typeIn(part, name))).size > 1);
  if (mixed.length > 0)
    for (const [place, part] of parts.entries()) {
      const object = objects[place];
      const isText = mixed.every((name) => typeIn(part, name) === 'categorical');
      if (object && !isText) parts[place] = await read(object, place, mixed);
    }
  const columns = first.names.map((name, place): DatasetColumn => ({
    name,
    type: mixed.includes(name) ? 'categorical' : (first.types[place] ?? 'categorical'),
    sql: columnSql(place),
  }));
  await makeViews(engine, parts, columns, hashes);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const known = parts.length === 1 ? first.atMost : undefined;
  const counted = columns.map((column, place) => ({ ...column, atMost: known?.[place] }));
  const continuous = hashes && rows >= continuousFrom ? await continuousOf(engine, rowsView, counted, rows) : new Set();
  return {
    engine,
    name: objects.length === 1 ? first.name : `${first.name} and ${objects.length - 1} more`,
    columns: columns.map((column) => (continuous.has(column.sql) ? { ...column, continuous: true } : column)),
    rows,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    format: first.layout,
  };
};

interface Part {
  name: string;
  names: readonly string[];
  types: readonly DatasetColumn['type'][];
}

const typeIn = ({ names, types }: Part, name: string) => types[names.indexOf(name)];

const refuseOtherColumns = (first: Part | undefined, part: Part) => {
  if (!first) return;
  const lacking = first.names.filter((name) => !part.names.includes(name));
  const strange = part.names.filter((name) => !first.names.includes(name));
  if (lacking.length === 0 && strange.length === 0) return;
  throw new InputError({
    what: `${part.name} has other columns than ${first.name}`,
    where: [
      lacking.length > 0 && `it lacks ${listed(lacking.map(shown), 5)}`,
      strange.length > 0 && `it has ${listed(strange.map(shown), 5)} besides`,
    ]
      .filter(Boolean)
      .join(', '),
    expected: 'the same columns in every object of a drop, in any order',
    todo: 'Complete the columns, or drop the objects for different pipelines',
  });
};

interface StoredPart extends Part {
  file: string;
}

/**
 * Several parts are written anew as one file, in their order: a query that needs no order may read the branches of a UNION in any,
 * and then the folds of the rows, which are joined by position, would stand beside others.
 */
const makeViews = async (
  engine: Engine,
  parts: readonly StoredPart[],
  columns: readonly DatasetColumn[],
  hashes: boolean,
) => {
  const [first] = parts as [StoredPart];
  let { file } = first;
  if (parts.length > 1) {
    file = 'joined';
    const sources = parts.map((part) => selectFrom(engine, part, columns));
    const hashed = hashes ? columns.map(({ type }) => type) : undefined;
    await store(engine, file, sources.join(' UNION ALL '), { name: first.name, columns: columns.length, hashed });
    for (const part of parts) await discard(engine, part.file, part.names.length);
  }
  const cells = columns.map(({ sql }) => sql);
  const viewOf = (view: string, selected: readonly string[]) =>
    engine.run(
      `CREATE OR REPLACE VIEW ${view} AS SELECT ${selected.join(', ')} FROM ${stored(engine, file, columns.length)}`,
    );
  await viewOf(rowsView, cells);
  if (hashes) await viewOf(hashedView, [...cells, hashColumn]);
};

/** The columns of one part in the order of the first, as the view shows them. */
const selectFrom = (engine: Engine, { file, names }: StoredPart, columns: readonly DatasetColumn[]) => {
  const selected = columns.map(({ name, sql }) => `${columnSql(names.indexOf(name))} AS ${sql}`);
  return `SELECT ${selected.join(', ')} FROM ${stored(engine, file, names.length)}`;
};

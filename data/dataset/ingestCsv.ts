/**
 * Delimited text of every kind to Parquet: read by our own scanner, which knows what is wrong with a file and where, written down
 * so that DuckDB can read it in one way only, and the rows that it finds are counted. Plain text takes a faster way (`ingestPlain`).
 */
import { closeSync, createReadStream, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { InputError } from '../../spec/errors.ts';
import { scanCsv, type ReadOptions } from '../csv.ts';
import type { Layout } from '../csv/rowReader.ts';
import { quoted, type Engine } from '../engine.ts';
import { columnSql } from './columns.ts';
import { normaliser, type Seen } from './normalise.ts';
import { store, stored } from './store.ts';

export interface IngestedCsv {
  names: readonly string[];
  types: ('numeric' | 'categorical')[];
  rows: number;
  layout: Pick<Layout, 'delimiter' | 'header'>;
  /** By column: it has no more different values; undefined where that is not known. */
  atMost?: readonly (number | undefined)[];
}

export interface IngestCsvOptions extends ReadOptions {
  /** Columns (by name) that are text even where every cell is a number. */
  textColumns?: readonly string[];
  /** All columns are. */
  allText?: boolean | undefined;
  /** Columns with an infinite number are. */
  infiniteAsText?: boolean | undefined;
  /** Whether the hashes of the rows are wanted. */
  hashes?: boolean | undefined;
}

/** Reads the text in `from`, whatever stands in it, into the Parquet file `to`. Throws InputError for everything that is wrong with it. */
export const ingestCsv = (engine: Engine, from: string, to: string, options: IngestCsvOptions): Promise<IngestedCsv> =>
  ingestNormalised(engine, to, options, async (file) => {
    let sink: ReturnType<typeof normaliser> | undefined;
    const source = createReadStream(engine.path(from), { highWaterMark: 2 ** 20 });
    const { layout, rows } = await scanCsv(
      source,
      options,
      ({ names }) => (sink = normaliser(file, names.length, options)),
    );
    return { names: layout.names, layout, rows, seen: sink?.finish() ?? [] };
  });

/** What was written down by the normaliser, and how. */
export interface Normalised {
  names: readonly string[];
  layout: IngestedCsv['layout'];
  rows: number;
  seen: readonly Seen[];
}

/** Reads into Parquet what `write` puts, normalised, into the open file. */
export const ingestNormalised = async (
  engine: Engine,
  to: string,
  options: IngestCsvOptions,
  write: (file: number) => Promise<Normalised>,
): Promise<IngestedCsv> => {
  const clean = `${to}.csv`;
  const file = openSync(engine.path(clean), 'w');
  try {
    const { names, layout, rows, seen } = await write(file);
    const types = seen.map(({ texts, infinite }, place): 'numeric' | 'categorical' =>
      texts > 0 ||
      options.allText === true ||
      (options.infiniteAsText === true && infinite > 0) ||
      options.textColumns?.includes(names[place] ?? '')
        ? 'categorical'
        : 'numeric',
    );
    const infinite = seen.findIndex((column, place) => types[place] === 'numeric' && column.infinite > 0);
    if (infinite >= 0)
      throw new InputError({
        what: `${options.name} holds an infinite number in column ${names[infinite]}`,
        where: `data row ${seen[infinite]?.infinite}`,
        expected: 'finite numbers that a double can hold',
        todo: 'Write a number, or leave the cell empty when it is not known',
      });
    await readClean(engine, clean, to, types, rows, options);
    return { names, types, rows, layout };
  } finally {
    closeSync(file);
    await rm(engine.path(clean), { force: true });
  }
};

const sqlTypes = { numeric: 'DOUBLE', categorical: 'VARCHAR' } as const;

/** Reads what the normaliser wrote; that DuckDB should find other rows in it is a fault of ours. */
const readClean = async (
  engine: Engine,
  clean: string,
  to: string,
  types: readonly ('numeric' | 'categorical')[],
  rows: number,
  { name, hashes }: IngestCsvOptions,
) => {
  const columns = types.map((type, place) => `${quoted(columnSql(place))}: ${quoted(sqlTypes[type])}`);
  const scan = [
    quoted(engine.path(clean)),
    `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n'`,
    `nullstr = '', max_line_size = ${4 * 2 ** 20}, parallel = false`,
    `columns = {${columns.join(', ')}}`,
  ];
  await store(engine, to, `SELECT * FROM read_csv(${scan.join(', ')})`, {
    columns: types.length,
    name,
    hashed: hashes ? types : undefined,
  });
  const [found] = await engine.rows<{ rows: bigint }>(
    `SELECT count(*) AS rows FROM ${stored(engine, to, types.length)}`,
  );
  if (Number(found?.rows) !== rows)
    throw new Error(`${name} has ${rows} rows, of which ${String(found?.rows)} arrived in the engine`);
};

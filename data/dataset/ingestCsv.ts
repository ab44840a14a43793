/**
 * Delimited text to Parquet. Two ways lead to the same rows: text that can be read in one way only goes straight to DuckDB, which
 * is fast; everything else (quotes, odd line breaks, blank lines, a column that changes its type late) is read by our own scanner
 * first, which knows what is wrong with a file and where. The rows that DuckDB finds are counted against those that passed by.
 */
import { closeSync, createReadStream, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { InputError } from '../../spec/errors.ts';
import { batched } from '../batched.ts';
import { isMissing, missingTokens, numberOf } from '../cell.ts';
import { layoutOf, scanCsv, type ReadOptions } from '../csv.ts';
import { sampleRows } from '../csv/sniff.ts';
import type { Layout } from '../csv/rowReader.ts';
import { quoted, type Engine } from '../engine.ts';
import { cleanCell, columnSql, type DatasetColumn } from './columns.ts';
import { normaliser, type Seen } from './normalise.ts';
import { headBytes, type Received } from './receive.ts';
import { engineFault, mostInFile, store, stored } from './store.ts';

export interface IngestedCsv {
  names: readonly string[];
  types: ('numeric' | 'categorical')[];
  rows: number;
  layout: Pick<Layout, 'delimiter' | 'header'>;
  /** By column: cells may still have blanks around them and spell out that they are missing; see `cleanCell`. */
  raw: readonly boolean[];
  /** Whether the hashes of the rows are stored with them. */
  hashed: boolean;
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

/** Reads the received text in `from` into the Parquet file `to`. Throws InputError for everything that is wrong with it. */
export const ingestCsv = async (
  engine: Engine,
  from: string,
  to: string,
  received: Received,
  options: IngestCsvOptions,
): Promise<IngestedCsv> => {
  const layout = received.plain ? layoutOf(received.head, received.bytes <= headBytes, options) : undefined;
  const direct = layout && (await readDirectly(engine, from, to, received, layout, options));
  return direct ?? readExactly(engine, from, to, options);
};

/** Undefined where DuckDB refuses the text or makes something else of it than our scanner would. */
const readDirectly = async (
  engine: Engine,
  from: string,
  to: string,
  { head, lines, lineBreak }: Received,
  { names, delimiter, header, mark }: Layout,
  { textColumns = [], allText, hashes, name }: IngestCsvOptions,
): Promise<IngestedCsv | undefined> => {
  if (mark > 0 || names.length < 2) return undefined;
  const sample = sampleRows(head, delimiter, names.length).slice(header ? 1 : 0);
  const types = guessTypes(sample, names, allText ? names : textColumns);
  const scan = [
    quoted(engine.path(from)),
    'auto_detect = false',
    `header = ${header}`,
    `delim = ${quoted(delimiter)}`,
    `quote = ''`,
    `escape = ''`,
    `new_line = ${quoted(lineBreak === '\r\n' ? '\\r\\n' : '\\n')}`,
    `nullstr = [${(allText ? [''] : missingIn(sample)).map(quoted).join(', ')}]`,
    // Each thread has buffers for every column.
    `parallel = ${names.length <= mostInFile}`,
  ];
  /** Whether DuckDB takes the text as these types. */
  const isRead = async (columnTypes: readonly string[]) => {
    const columns = columnTypes.map((type, place) => `${quoted(columnSql(place))}: ${quoted(type)}`);
    const query = `SELECT * FROM read_csv(${[...scan, `columns = {${columns.join(', ')}}`].join(', ')})`;
    try {
      await store(engine, to, query, { columns: names.length, name, hashed: hashes ? types : undefined });
      return true;
    } catch (error) {
      if (!refusals.has(engineFault(error) ?? '')) throw error;
      return false;
    }
  };
  const enums = allText ? [] : enumTypes(sample, types);
  const told = enums.some(Boolean) && (await isRead(types.map((type, place) => enums[place] ?? sqlTypes[type])));
  if (!told && !(await isRead(types.map((type) => sqlTypes[type])))) return undefined;
  const rows = lines - (header ? 1 : 0);
  if (rows === 0 || !(await isWhole(engine, to, types, rows))) return undefined;
  const layout = { delimiter, header };
  if (allText) return { names, types, rows, layout, raw: types.map(() => true), hashed: false };
  const texts = types.flatMap((type, place) =>
    type === 'categorical' && !(told && enums[place] !== undefined) ? [place] : [],
  );
  const raw = await rawColumns(engine, to, types, texts);
  // Hashes of cells as they stand are none of the cells that they are read as.
  return { names, types, rows, layout, raw, hashed: hashes === true && !raw.includes(true) };
};

/** What DuckDB says of a text that it cannot read; all else (memory, disk) has nothing to do with the text. */
const refusals = new Set(['Conversion', 'Invalid Input']);

/** Whether all rows arrived, with finite numbers. */
const isWhole = async (engine: Engine, file: string, types: readonly DatasetColumn['type'][], rows: number) => {
  const numbers = types.flatMap((type, place) => (type === 'numeric' ? [columnSql(place)] : []));
  const source = stored(engine, file, types.length);
  const [found] = await engine.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${source}`);
  if (Number(found?.rows) !== rows) return false;
  for (const columns of batched(numbers, columnsAtOnce)) {
    const infinite = columns.map((sql) => `NOT coalesce(isfinite(min(${sql})) AND isfinite(max(${sql})), true)`);
    const [extremes] = await engine.rows<{ strange: boolean }>(
      `SELECT ${infinite.join(' OR ')} AS strange FROM ${source}`,
    );
    if (extremes?.strange !== false) return false;
  }
  return true;
};

/** Which of `texts` have cells that are not as they should stand: looked for among the distinct ones, which are few. */
const rawColumns = async (
  engine: Engine,
  file: string,
  types: readonly DatasetColumn['type'][],
  texts: readonly number[],
) => {
  const source = stored(engine, file, types.length);
  const raw: boolean[] = types.map(() => false);
  for (const places of batched(texts, columnsAtOnce)) {
    const looks = places.map(
      (place) =>
        `SELECT ${place} AS place, bool_or(cell IS DISTINCT FROM ${cleanCell('cell')}) AS raw FROM (SELECT ${columnSql(place)} AS cell FROM ${source} GROUP BY 1)`,
    );
    const found = await engine.rows<{ place: number; raw: boolean | null }>(looks.join(' UNION ALL '));
    for (const { place, raw: isRaw } of found) raw[place] = isRaw === true;
  }
  return raw;
};

/** Columns that are looked at in one query. */
const columnsAtOnce = 100;

const sqlTypes = { numeric: 'DOUBLE', categorical: 'VARCHAR' } as const;

/** What the first rows show; a column without a value in them may still be numbers. */
const guessTypes = (sample: readonly (readonly string[])[], names: readonly string[], textColumns: readonly string[]) =>
  names.map((name, place): 'numeric' | 'categorical' => {
    if (textColumns.includes(name)) return 'categorical';
    const isNumeric = sample.every((row) => isMissing(row[place] ?? '') || !Number.isNaN(numberOf(row[place] ?? '')));
    return isNumeric ? 'numeric' : 'categorical';
  });

/** An enumeration has at most so many values, each of them in so many rows at least. */
const [mostLevels, fewestRows] = [200, 10];
const mostEnums = 500;

/**
 * By place, the type of a text column of which the first rows seem to have shown every value: DuckDB stores it in half the time, but
 * refuses what is not among them. A value that came rarely would lead one to expect others that did not come yet.
 */
const enumTypes = (sample: readonly (readonly string[])[], types: readonly DatasetColumn['type'][]) =>
  types.length > mostEnums
    ? []
    : types.map((type, place) => {
        const counts = new Map<string, number>();
        if (type === 'numeric') return undefined;
        for (const row of sample) {
          const cell = row[place] ?? '';
          if (!isMissing(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
          if (counts.size > mostLevels) return undefined;
        }
        if (counts.size === 0 || Math.min(...counts.values()) < fewestRows) return undefined;
        return `ENUM(${[...counts.keys()].map(quoted).join(', ')})`;
      });

/** How missing cells are spelled in the first rows; each spelling slows the reader down, so it is told of these only. */
const missingIn = (sample: readonly (readonly string[])[]) => {
  const found = [...missingTokens].filter((token) => token !== '' && sample.some((row) => row.includes(token)));
  // A blank often stands before them.
  return ['', ...found.flatMap((token) => [token, ` ${token}`])];
};

const readExactly = (engine: Engine, from: string, to: string, options: IngestCsvOptions): Promise<IngestedCsv> =>
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
    return { names, types, rows, layout, raw: types.map(() => false), hashed: options.hashes === true };
  } finally {
    closeSync(file);
    await rm(engine.path(clean), { force: true });
  }
};

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

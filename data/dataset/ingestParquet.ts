/** Parquet files of flat columns: numbers are numbers, dates and times become ISO 8601 text, true and false texts. */
import { InputError } from '../../spec/errors.ts';
import { quoted, type Engine } from '../engine.ts';
import { shown } from '../quote.ts';
import { cleanCell, columnSql, trimmedCell } from './columns.ts';
import type { IngestCsvOptions, IngestedCsv } from './ingestCsv.ts';
import { store, stored } from './store.ts';

const maxColumns = 10_000;
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Throws InputError naming the column of a type that has no place in a table, and for damaged files. */
export const ingestParquet = async (
  engine: Engine,
  from: string,
  to: string,
  { name, textColumns = [], allText = false, hashes = false }: IngestCsvOptions,
): Promise<IngestedCsv> => {
  const source = `read_parquet(${quoted(engine.path(from))})`;
  const described = await whole(name, () =>
    engine.rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${source}`),
  );
  if (described.length > maxColumns)
    throw new InputError({ what: `${name} has more than ${maxColumns} columns`, expected: `at most ${maxColumns}` });
  const columns = described.map(({ column_name: column, column_type: type }) => {
    const isText = allText || textColumns.includes(column);
    return { column, ...readingOf(name, column, type, { isText, allText }) };
  });
  const cells = columns.map(({ sql }, place) => `${sql} AS ${columnSql(place)}`);
  await whole(name, () =>
    store(engine, to, `SELECT ${cells.join(', ')} FROM ${source}`, {
      columns: columns.length,
      name,
      hashed: hashes ? columns.map(({ type }) => type) : undefined,
    }),
  );
  const numeric = columns.flatMap(({ type }, place) => (type === 'numeric' ? [columnSql(place)] : []));
  const infinite = numeric.map((sql) => `coalesce(bool_or(isinf(${sql})), false) AS ${sql}`);
  const [found] = await engine.rows<Record<string, bigint | boolean>>(
    `SELECT ${['count(*) AS "rows"', ...infinite].join(', ')} FROM ${stored(engine, to, columns.length)}`,
  );
  const rows = Number(found?.rows ?? 0);
  if (rows === 0) throw new InputError({ what: `${name} has no rows`, todo: 'Put in the data and try again' });
  const bad = columns.find((_, place) => found?.[columnSql(place)] === true);
  if (bad)
    throw new InputError({
      what: `${name} holds an infinite number in column ${bad.column}`,
      expected: 'finite numbers that a double can hold',
      todo: 'Write a number, or null when it is not known',
    });
  return {
    names: columns.map(({ column }) => column),
    types: columns.map(({ type }) => type),
    rows,
    layout: { delimiter: '', header: true },
  };
};

const whole = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (cause) {
    const message = messageOf(cause);
    if (cause instanceof InputError || message === undefined || /memory|space left/i.test(message)) throw cause;
    throw new InputError(
      {
        what: `${name} is a damaged Parquet file, or one of a kind that cannot be read: ${message.split('\n')[0]}`,
        expected: 'a whole Parquet file, not encrypted',
        todo: 'Write it again, or check that the upload was complete',
      },
      { cause },
    );
  }
};

const messageOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message.replaceAll(/'\/[^']*'/g, 'it')
    : undefined;

const numbers = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const texts = /^(?:VARCHAR|UUID|ENUM\(.*\)|BOOLEAN|DATE|TIME|TIMESTAMP(?:_S|_MS|_NS)?)$/;
/** The same moment in UTC. */
const zoned = 'TIMESTAMP WITH TIME ZONE';

const readingOf = (
  file: string,
  column: string,
  type: string,
  { isText, allText }: { isText: boolean; allText: boolean },
) => {
  const own = identifier(column);
  const clean = allText ? trimmedCell : cleanCell;
  const text = (sql: string) => ({ type: 'categorical' as const, sql: clean(`(${sql})::VARCHAR`) });
  if (numbers.test(type) && !isText)
    return { type: 'numeric' as const, sql: `CASE WHEN isnan(${own}::DOUBLE) THEN NULL ELSE ${own}::DOUBLE + 0 END` };
  if (type === zoned) return text(`make_timestamp(epoch_us(${own}))`);
  if (numbers.test(type) || texts.test(type)) return text(own);
  throw new InputError({
    what: `${file} has a column ${shown(column)} of type ${type.length > 60 ? `${type.slice(0, 57)}…` : type}`,
    expected: 'columns of numbers, texts, booleans, dates or times: nothing nested, nothing binary',
    todo: 'Write its members as columns of their own, or leave it out',
  });
};

/**
 * Numeric columns with so many values that to group them saves nothing: a table of the values of each would be as long as the file.
 * They are read row by row instead.
 */
import { batched } from '../batched.ts';
import type { Engine } from '../engine.ts';
import type { DatasetColumn } from './columns.ts';

/** A column is continuous with more different values than this share of its rows. */
const share = 0.25;
/** Rows to find out of which columns all rows are to be counted, where these are more than a few. */
const sampleRows = 40_960;
const fewColumns = 8;
/** Columns that are counted in one query. */
const columnsAtOnce = 100;

/**
 * The SQL names of the continuous ones among the columns of the view `from`. Different values are estimated where there may be so many (HyperLogLog, to some per
 * cent): what is told of a column is the same on both ways.
 */
export const continuousOf = async (
  engine: Engine,
  from: string,
  columns: readonly (DatasetColumn & { atMost: number | undefined })[],
  rows: number,
): Promise<ReadonlySet<string>> => {
  const most = share * rows;
  const numeric = columns.flatMap(({ type, sql, atMost = Infinity }) =>
    type === 'numeric' && atMost > most ? [sql] : [],
  );
  const percent = Math.min(100, (100 * sampleRows) / rows);
  const sample = `(SELECT * FROM ${from}) USING SAMPLE system(${percent}%) REPEATABLE (1)`;
  const likely = numeric.length > fewColumns ? await varied(engine, sample, numeric) : numeric;
  return new Set(await varied(engine, from, likely));
};

const varied = async (engine: Engine, from: string, columns: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const some of batched(columns, columnsAtOnce)) {
    const looks = some.map((sql) => `approx_count_distinct(${sql}) > ${share} * count(*) AS ${sql}`);
    const [own] = await engine.rows<Record<string, boolean>>(`SELECT ${looks.join(', ')} FROM ${from}`);
    found.push(...some.filter((sql) => own?.[sql] === true));
  }
  return found;
};

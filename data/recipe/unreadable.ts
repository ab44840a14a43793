import { batched } from '../batched.ts';
import { numberGrammar } from '../cell.ts';
import { rowsView, type Dataset, type DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import { isDateSql } from './dates.ts';
import { notADate, notANumber } from './refusals.ts';
import type { Feature } from './schema.ts';

type Kind = Feature['kind'];

/** A column as a feature of this kind reads it. */
export interface Reading {
  kind: Kind;
  column: DatasetColumn;
}

/** Columns that are looked at by one query. */
const columnsAtOnce = 100;

/** Throws InputError for the first cell, of the first column that has one, that is not the number or the date its feature needs. */
export const refuseUnreadable = async (readings: readonly Reading[], { engine, name }: Dataset) => {
  const conditions = readings.flatMap(({ kind, column }) => {
    const condition = readable(kind, column);
    return condition === undefined ? [] : [{ kind, column, condition }];
  });
  for (const batch of batched(conditions, columnsAtOnce)) {
    const queries = batch.map((it, place) => `SELECT ${place} AS place FROM (${badCells(it)})`);
    const [found] = await engine.rows<{ place: number | null }>(
      `SELECT min(place) AS place FROM (${queries.join(' UNION ALL ')})`,
    );
    const first = batch[found?.place ?? -1];
    if (!first) continue;
    const { kind, column } = first;
    const [bad] = await engine.rows<{ cell: string; row: bigint }>(
      `SELECT arg_min(cell, row)::VARCHAR AS cell, min(row) AS row FROM (SELECT ${column.sql} AS cell, row_number() OVER () AS row FROM ${rowsView}) WHERE cell IN (${badCells(first)})`,
    );
    const refuse = kind === 'date' ? notADate : notANumber;
    throw refuse(column.name, bad?.cell ?? '', `${name}, data row ${bad?.row ?? '?'}`);
  }
};

const badCells = ({ column: { sql }, condition }: { column: DatasetColumn; condition: string }) =>
  `SELECT cell FROM (SELECT ${sql} AS cell FROM ${rowsView} GROUP BY 1) WHERE cell IS NOT NULL AND NOT coalesce(${condition}, false)`;

/** What cells have to be where the types of the file do not say it already, in SQL over a cell. */
const readable = (kind: Kind, { type }: DatasetColumn, cell = 'cell'): string | undefined => {
  if (kind === 'numeric' && type === 'categorical')
    return `(regexp_full_match(${cell}, ${quoted(numberGrammar)}) AND isfinite(try_cast(replace(${cell}, '_', '') AS DOUBLE)))`;
  return kind === 'date' ? isDateSql(`${cell}::VARCHAR`) : undefined;
};

/** The condition, over a row, under which its cell cannot be read; undefined where every cell can. */
export const unreadableSql = ({ kind, column }: Reading): string | undefined => {
  const condition = readable(kind, column, column.sql);
  return condition && `(${column.sql} IS NOT NULL AND NOT coalesce(${condition}, false))`;
};

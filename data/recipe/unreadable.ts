import { numberGrammar } from '../cell.ts';
import { rowsView, type Dataset, type DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import { isDateSql } from './dates.ts';
import { notADate, notANumber } from './refusals.ts';
import type { Feature } from './schema.ts';

type Kind = Feature['kind'];

/** Throws InputError for the first cell of a column that is not the number or the date that a feature of this kind needs. */
export const refuseUnreadable = async (kind: Kind, column: DatasetColumn, { engine, name }: Dataset) => {
  const condition = readable(kind, column);
  if (condition === undefined) return;
  const distinct = `SELECT ${column.sql} AS cell FROM ${rowsView} GROUP BY 1`;
  const bad = `SELECT cell FROM (${distinct}) WHERE cell IS NOT NULL AND NOT coalesce(${condition}, false)`;
  const [some] = await engine.rows(`${bad} LIMIT 1`);
  if (!some) return;
  const [first] = await engine.rows<{ cell: string; row: bigint }>(
    `SELECT arg_min(cell, row)::VARCHAR AS cell, min(row) AS row FROM (SELECT ${column.sql} AS cell, row_number() OVER () AS row FROM ${rowsView}) WHERE cell IN (${bad})`,
  );
  const refuse = kind === 'date' ? notADate : notANumber;
  throw refuse(column.name, first?.cell ?? '', `${name}, data row ${first?.row ?? '?'}`);
};

/** What cells have to be where the types of the file do not say it already, in SQL over a cell. */
const readable = (kind: Kind, { type }: DatasetColumn): string | undefined => {
  if (kind === 'numeric' && type === 'categorical')
    return `(regexp_full_match(cell, ${quoted(numberGrammar)}) AND isfinite(try_cast(replace(cell, '_', '') AS DOUBLE)))`;
  return kind === 'date' ? isDateSql('cell::VARCHAR') : undefined;
};

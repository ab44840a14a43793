/** A dataset: rows in columns, ready for queries. */
import { missingTokens } from '../cell.ts';
import { quoted } from '../engine.ts';

export interface DatasetColumn {
  /** As the user's file names it. */
  name: string;
  type: 'numeric' | 'categorical';
  /** Its name in queries. */
  sql: string;
  /** Of a numeric one: whether it has about as many values as rows; see `continuousOf`. */
  continuous?: boolean;
}

export const columnSql = (place: number) => `c${place}`;

/** Name of the column with the hash of a row's cells. */
export const hashColumn = 'h';

/** A 64-bit hash of a row's cells, by which rows are told apart and split: it depends on the cells only, not on the row's place or on how they are stored. */
export const rowHash = (columns: readonly Pick<DatasetColumn, 'sql' | 'type'>[]) =>
  `hash(${columns.map(({ sql, type }) => (type === 'numeric' ? sql : `${sql}::VARCHAR`)).join(', ')})`;

const spelledOut = ['', ...[...missingTokens].filter(Boolean)].map(quoted).join(', ');

/** A cell without the blanks around it. */
export const trimmedCell = (column: string) => `trim(${column}, ' \t')`;

/** The same, NULL where it says that it is missing. */
export const cleanCell = (column: string) => {
  const trimmed = trimmedCell(column);
  return `CASE WHEN ${trimmed} IN (${spelledOut}) THEN NULL ELSE ${trimmed} END`;
};

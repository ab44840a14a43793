/** A table in columns, as `readTable` makes it and everything else in data/ reads it. */

/** Finite numbers; NaN is a missing cell. */
export interface NumericColumn {
  name: string;
  type: 'numeric';
  values: Float64Array;
}

/** Text as codes into `levels` (in order of first appearance); -1 is a missing cell. */
export interface CategoricalColumn {
  name: string;
  type: 'categorical';
  codes: Int32Array;
  levels: readonly string[];
}

export type Column = NumericColumn | CategoricalColumn;

export interface Table {
  /** The file, for messages. */
  name: string;
  rows: number;
  columns: readonly Column[];
  /** How the file was read. */
  format: { bytes: number; delimiter: string; header: boolean };
}

/** The missing cells of a column. */
export const missingIn = (column: Column) => {
  let missing = 0;
  if (column.type === 'numeric') for (const value of column.values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const code of column.codes) missing += code < 0 ? 1 : 0;
  return missing;
};

/** One cell as text, `undefined` when it is missing. */
export const textAt = (column: Column, row: number): string | undefined => {
  if (column.type === 'categorical') return column.levels[column.codes[row] ?? -1];
  const value = column.values[row] ?? Number.NaN;
  return Number.isNaN(value) ? undefined : String(value);
};

/** 0, 1, 2, … for functions that take chosen rows. */
export const allRows = (rows: number) => Int32Array.from({ length: rows }, (_, row) => row);

/** What a file holds, as JSON for reports. Everything is exact: no sampling, no sketches. */
import type { Target } from './infer.ts';
import { findLeaks, type Leak } from './leaks.ts';
import { type Note, notesOn } from './notes.ts';
import { countDuplicates } from './rowHash.ts';
import { deviation, distinctSorted, levelCounts, mean, quantile, sortedValues } from './statistics.ts';
import { type CategoricalColumn, missingIn, type NumericColumn, type Table } from './table.ts';

export interface NumericProfile {
  name: string;
  type: 'numeric';
  missing: number;
  distinct: number;
  min?: number;
  max?: number;
  mean?: number;
  /** Of the sample (n - 1). */
  std?: number;
  /** Interpolated linearly. */
  quantiles?: Record<'p05' | 'p25' | 'p50' | 'p75' | 'p95', number>;
}

export interface CategoricalProfile {
  name: string;
  type: 'categorical';
  missing: number;
  distinct: number;
  /** The most frequent values with their rows, at most ten. */
  top: { value: string; rows: number }[];
}

export type ColumnProfile = NumericProfile | CategoricalProfile;

export interface Profile {
  name: string;
  format: Table['format'];
  /** Always rowsUsed + rowsRejected. */
  rowsRead: number;
  rowsUsed: number;
  rowsRejected: number;
  /** Rows equal to an earlier row. */
  duplicateRows: number;
  columns: ColumnProfile[];
  target?: Target;
  leaks: Leak[];
  /** Columns the user left out. */
  ignored: string[];
  notes: Note[];
}

export interface ProfileOptions {
  target?: Target;
  /** Columns the user left out. */
  ignore?: readonly string[];
  /** Rows that go on to the splits; default all. */
  rowsUsed?: number;
}

export const profileTable = (
  table: Table,
  { target, ignore = [], rowsUsed = table.rows }: ProfileOptions = {},
): Profile => {
  const leaks = target ? findLeaks(table, target).filter(({ column }) => !ignore.includes(column)) : [];
  return {
    name: table.name,
    format: table.format,
    rowsRead: table.rows,
    rowsUsed,
    rowsRejected: table.rows - rowsUsed,
    duplicateRows: countDuplicates(table),
    columns: table.columns.map((column) => (column.type === 'numeric' ? numeric(column) : categorical(column))),
    ...(target && { target }),
    leaks,
    ignored: [...ignore],
    notes: [
      ...table.columns.flatMap((column) => (column.name === target?.name ? [] : notesOn(column))),
      ...ignore.map((column): Note => ({ column, kind: 'ignored', message: 'left out by data.ignore' })),
      ...leaks.map(({ column, reason }): Note => ({ column, kind: 'leak', message: `not used: ${reason}` })),
    ],
  };
};

const shares = { p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95 } as const;

const numeric = (column: NumericColumn): NumericProfile => {
  const sorted = sortedValues(column);
  const facts = { name: column.name, type: column.type, missing: missingIn(column), distinct: distinctSorted(sorted) };
  if (sorted.length === 0) return facts;
  const at = (share: keyof typeof shares) => quantile(sorted, shares[share]);
  return {
    ...facts,
    min: sorted[0]!,
    max: sorted.at(-1)!,
    mean: mean(sorted),
    std: deviation(sorted, 1),
    quantiles: { p05: at('p05'), p25: at('p25'), p50: at('p50'), p75: at('p75'), p95: at('p95') },
  };
};

const categorical = (column: CategoricalColumn): CategoricalProfile => {
  const counts = levelCounts(column.codes, column.levels.length);
  const top = column.levels
    .map((value, code) => ({ value: value.slice(0, 200), rows: counts[code]! }))
    .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1))
    .slice(0, 10);
  return { name: column.name, type: column.type, missing: missingIn(column), distinct: column.levels.length, top };
};

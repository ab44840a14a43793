/** Metrics of parts of the held-out rows: a model that is good on average can be bad for some. */
import type { Slice } from '../../spec/evaluation.ts';
import { type Answers, sampleOf } from '../metrics.ts';
import { type BootstrapOptions, intervals } from './bootstrap.ts';
import { pick } from './resample.ts';

/** Below this many rows a slice is told, marked, and has no intervals. */
export const smallSlice = 30;
/** Most slices of one column. */
export const mostSlices = 50;

/** Rows that the bootstraps of all slices of a column may look at together, and that each may in any case. */
const rowsOfColumn = 40_000;
const fewestRows = 2000;

export interface SliceColumn {
  column: string;
  /** Which value each row has, a place in `names`; negative for a row that is in no slice. */
  codes: Int32Array;
  names: readonly string[];
}

/** One slice for each value that occurs, those with the most rows first; of more than 50 values, the 50 most frequent. */
export const slicesOf = (
  answers: Answers,
  { column, codes, names }: SliceColumn,
  options: BootstrapOptions = {},
): Slice[] => {
  if (codes.length !== answers.labels.length)
    throw new RangeError(`slicesOf: ${codes.length} codes of ${column} for ${answers.labels.length} rows`);
  const counts = new Int32Array(names.length);
  for (const code of codes) if (code >= 0) counts[code]! += 1;
  const chosen = [...counts.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, mostSlices);
  const maxRows = Math.max(fewestRows, Math.floor(rowsOfColumn / chosen.length));
  const rowsOf = new Map(chosen.map((code) => [code, new Int32Array(counts[code]!)]));
  const filled = new Int32Array(names.length);
  for (let row = 0; row < codes.length; row++) {
    const rows = rowsOf.get(codes[row]!);
    if (rows) rows[filled[codes[row]!]!++] = row;
  }
  return chosen.map((code) => {
    const own = pick(answers, rowsOf.get(code)!);
    const rows = own.labels.length;
    const small = rows < smallSlice;
    const metrics = sampleOf(own).measure();
    return {
      column,
      value: names[code] ?? '',
      rows,
      small,
      metrics,
      intervals: small ? {} : intervals({ answers: own, metrics }, { maxRows, ...options }),
    };
  });
};

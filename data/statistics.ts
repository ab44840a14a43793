/** Plain statistics over sorted values, so that they do not depend on the order of the rows. */
import type { NumericColumn } from './table.ts';

/** The values that are not missing, ascending; of the chosen rows only when `rows` is given. */
export const sortedValues = ({ values }: NumericColumn, rows?: Int32Array): Float64Array => {
  const chosen = rows ? Float64Array.from(rows, (row) => values[row]!) : values;
  return chosen.filter((value) => !Number.isNaN(value)).sort();
};

/** Linear interpolation between the two nearest ranks, as numpy and Excel do by default; NaN of nothing. */
export const quantile = (sorted: Float64Array, share: number): number => {
  if (sorted.length === 0) return Number.NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
};

export const mean = (values: Float64Array) => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** Standard deviation with divisor n - `ddof`: 0 for the population, 1 for a sample. */
export const deviation = (values: Float64Array, ddof: 0 | 1) => {
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return Math.sqrt(squares / Math.max(values.length - ddof, 1));
};

export const distinctSorted = (sorted: Float64Array) => {
  let distinct = 0;
  for (let at = 0; at < sorted.length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) distinct += 1;
  return distinct;
};

/** How often each level occurs, by code. */
export const levelCounts = (codes: Int32Array, levels: number, rows?: Int32Array): Int32Array => {
  const counts = new Int32Array(levels);
  const tally = (code: number) => {
    if (code >= 0) counts[code]! += 1;
  };
  if (rows) for (const row of rows) tally(codes[row]!);
  else for (const code of codes) tally(code);
  return counts;
};

/** How far two drops' columns are apart, from counts alone. */
import type { Drift } from '../../spec/evaluation.ts';
import { kolmogorovTail } from './distributions.ts';

/** Rows in each of the same bins, ascending, and rows without a value. */
export interface BinnedColumn {
  counts: ArrayLike<number>;
  missing: number;
}

/** Rows of each level; rows of levels that are not told are `other`. */
export interface LevelledColumn {
  levels: Readonly<Record<string, number>>;
  other: number;
  missing: number;
}

const totalOf = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);

/**
 * Population stability index of two distributions over the same bins. Half a row is added to every bin, so that an empty one
 * does not make it infinite. About 0.1 is a slight shift, above 0.25 a large one. Throws RangeError for other bins.
 */
export const psi = (expected: ArrayLike<number>, actual: ArrayLike<number>): number => {
  if (expected.length !== actual.length)
    throw new RangeError(`psi: ${expected.length} bins against ${actual.length}; expected the same bins`);
  const [before, after] = [expected, actual].map((counts) => totalOf(counts) + counts.length / 2) as [number, number];
  let sum = 0;
  for (let bin = 0; bin < expected.length; bin++) {
    const [p, q] = [(expected[bin]! + 0.5) / before, (actual[bin]! + 0.5) / after];
    sum += (q - p) * Math.log(q / p);
  }
  return sum;
};

/**
 * Kolmogorov-Smirnov distance over the same bins with its asymptotic p; bins can hide a part of the distance, so the test errs
 * towards no drift. `undefined` when either side is empty.
 */
export const kolmogorovSmirnov = (
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): { ks: number; p: number } | undefined => {
  const [before, after] = [totalOf(expected), totalOf(actual)];
  if (before === 0 || after === 0) return undefined;
  let [below, above, ks] = [0, 0, 0];
  for (let bin = 0; bin < expected.length; bin++) {
    below += expected[bin]!;
    above += actual[bin]!;
    ks = Math.max(ks, Math.abs(below / before - above / after));
  }
  return { ks, p: kolmogorovTail(ks * Math.sqrt((before * after) / (before + after))) };
};

/** A numeric column: PSI over the bins and the missing values, KS over the bins. */
export const numericDrift = (column: string, expected: BinnedColumn, actual: BinnedColumn): Drift => ({
  column,
  psi: psi([...Array.from(expected.counts), expected.missing], [...Array.from(actual.counts), actual.missing]),
  ...kolmogorovSmirnov(expected.counts, actual.counts),
});

/** A categorical column: PSI over the levels of either side, the others and the missing values. */
export const categoricalDrift = (column: string, expected: LevelledColumn, actual: LevelledColumn): Drift => {
  const levels = [...new Set([...Object.keys(expected.levels), ...Object.keys(actual.levels)])];
  const countsOf = ({ levels: own, other, missing }: LevelledColumn) => [
    ...levels.map((level) => (Object.hasOwn(own, level) ? own[level]! : 0)),
    other,
    missing,
  ];
  return { column, psi: psi(countsOf(expected), countsOf(actual)) };
};

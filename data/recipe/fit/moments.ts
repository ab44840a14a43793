import type { Engine } from '../../engine.ts';
import { numberSql } from '../numbers.ts';
import { type Groups, groupsOf } from './groups.ts';

/** An expression over the values `v` of the column `k`, which lies from `low` to `high`. */
export interface Wanted {
  k: number;
  value: string;
  low: number;
  high: number;
}

export interface Moments {
  mean: number;
  /** Of the population; 1 for a constant, undefined where doubles cannot tell. */
  scale: number | undefined;
}

/** Nearer and wider than this, differences are not told exactly any more. */
const [closest, widest] = [1e-290, 1e300];

/** Mean and standard deviation over the train rows, in ten digits, so that the order of rows and threads does not show. */
export const momentsOf = async (engine: Engine, groups: Groups, wanted: readonly Wanted[]): Promise<Moments[]> => {
  const ranges = wanted.map(({ low, high }) => high - low);
  const isTold = (place: number) => ranges[place]! >= closest && ranges[place]! <= widest;
  const told = wanted.flatMap((_, place) => (isTold(place) ? [place] : []));
  // In units of the range from the lowest value: neither sums nor squares can overflow or vanish.
  const sums = (centres: readonly number[], power: 1 | 2) =>
    sumsOf(
      engine,
      groups,
      told.map((place) => {
        const { k, value, low } = wanted[place]!;
        const unit = `(((${value}) - ${numberSql(low)}) / ${numberSql(ranges[place]!)} - ${numberSql(centres[place] ?? 0)})`;
        return { place, k, sum: power === 1 ? unit : `(${unit} * ${unit})` };
      }),
    );
  const means = await sums([], 1);
  const squares = await sums(
    wanted.map((_, place) => means.get(place) ?? 0),
    2,
  );
  return wanted.map(({ low, high }, place) => {
    if (low === high) return { mean: low, scale: 1 };
    if (!isTold(place)) return { mean: low, scale: undefined };
    const range = ranges[place]!;
    const scale = Math.sqrt(squares.get(place) ?? 0) * range;
    return {
      mean: asExactAs(scale, low + (means.get(place) ?? 0) * range),
      scale: scale > 0 ? tenDigits(scale) : undefined,
    };
  });
};

/** By place, the mean of an expression over the train rows. */
const sumsOf = async (engine: Engine, groups: Groups, wanted: readonly { place: number; k: number; sum: string }[]) => {
  if (wanted.length === 0) return new Map<number, number>();
  const queries = wanted.map(
    ({ place, k, sum }) =>
      `SELECT ${place} AS place, fsum(n * ${sum}) / sum(n) AS mean FROM (${groupsOf(groups, k)}) WHERE v IS NOT NULL AND n > 0`,
  );
  const found = await engine.rows<{ place: number; mean: number }>(queries.join(' UNION ALL '));
  return new Map(found.map(({ place, mean }) => [place, mean]));
};

export const tenDigits = (value: number) => Number(value.toPrecision(10));

/** A mean near 0 is a difference of larger values: it is told to ten digits of the spread. */
const asExactAs = (scale: number, mean: number) => {
  if (mean === 0) return 0;
  const digits = 10 + Math.min(0, Math.floor(Math.log10(Math.abs(mean))) - Math.floor(Math.log10(scale)));
  return digits < 1 ? 0 : Number(mean.toPrecision(digits));
};

import type { ColumnSettings } from '../../../spec/columnSettings.ts';
import type { DatasetColumn } from '../../dataset.ts';
import type { Engine } from '../../engine.ts';
import { factsQuery } from '../../values.ts';
import { numberSql, transformed, transformedSql } from '../numbers.ts';
import type { NumericFeature } from '../schema.ts';
import type { Groups } from './groups.ts';
import { momentsOf, type Wanted } from './moments.ts';

/** Features of the grouped columns, or why there is none, in their order. */
export const fitNumbers = async (
  engine: Engine,
  groups: Groups,
  columns: readonly (DatasetColumn & { settings: ColumnSettings })[],
): Promise<(NumericFeature | string)[]> => {
  const found = await engine.rows<Facts>(
    factsQuery(
      groups,
      'coalesce(sum(n) FILTER (v IS NULL), 0) AS missing, coalesce(sum(n) FILTER (v IS NOT NULL), 0) AS known, min(v) AS low, max(v) AS high',
    ),
  );
  const facts = new Map(found.map((fact) => [fact.k, fact]));
  const usable = columns.flatMap((column, k) => {
    const fact = facts.get(k);
    return fact && fact.known > 0 ? [{ column, ...fact }] : [];
  });
  const quantileOf = await quantiles(
    engine,
    groups,
    usable.flatMap(({ column: { settings }, ...fact }) => sharesOf(settings).map((share) => ({ ...fact, share }))),
  );
  const planned = usable.map(({ column: { name, settings }, k, missing, low, high }) => {
    const bound = (given: number | string) =>
      typeof given === 'number' ? given : quantileOf(k, Number(given.slice(1)) / 100);
    const clip = settings.clip?.map(bound) as [number, number] | undefined;
    const bounds: Pick<NumericFeature, 'clip' | 'log'> = { ...(clip && { clip }), log: settings.log ?? false };
    return { column: name, k, missing: missing > 0, settings, bounds, low, high };
  });
  const moments = await momentsOf(
    engine,
    groups,
    planned.map((plan) => wantedOf(plan)),
  );
  const withMean = planned.filter(({ settings }) => settings.impute === 'mean');
  const means = await momentsOf(
    engine,
    groups,
    withMean.map((plan) => wantedOf(plan, false)),
  );
  const meanOf = new Map(withMean.map(({ k }, place) => [k, means[place]?.mean]));
  const fitted = new Map(
    planned.map(({ column, k, missing, settings, bounds, low, high }, place): [number, NumericFeature | string] => {
      const { mean, scale } = moments[place]!;
      if (transformed(bounds, low) === transformed(bounds, high) && !missing) return [k, constant(low === high)];
      if (scale === undefined) return [k, 'its values are too large or too close together to be scaled'];
      const { impute = 'median', scale: isScaled = true } = settings;
      const filled = impute === 'median' ? quantileOf(k, 0.5) : impute === 'mean' ? (meanOf.get(k) ?? mean) : impute;
      const standard = isScaled ? { mean, scale } : { mean: 0, scale: 1 };
      return [k, { column, kind: 'numeric', impute: filled, ...bounds, ...standard, missing }];
    }),
  );
  return columns.map((_, k) => fitted.get(k) ?? 'no train row has a value');
};

interface Facts {
  [name: string]: number;
  k: number;
  missing: number;
  known: number;
  low: number;
  high: number;
}

const constant = (already: boolean) =>
  already ? 'every train row has the same value' : 'every train row has the same value when it is clipped';

const wantedOf = (
  { k, bounds, low, high }: { k: number; bounds: Pick<NumericFeature, 'clip' | 'log'>; low: number; high: number },
  log = bounds.log,
): Wanted => {
  const steps = { ...bounds, log };
  return { k, value: transformedSql(steps, 'v'), low: transformed(steps, low), high: transformed(steps, high) };
};

const sharesOf = ({ clip, impute = 'median' }: ColumnSettings) => [
  ...(clip ?? []).flatMap((bound) => (typeof bound === 'string' ? [Number(bound.slice(1)) / 100] : [])),
  ...(impute === 'median' ? [0.5] : []),
];

/** Into how many parts of equal width the values of a column fall, of which only those with a wanted rank are sorted. */
const parts = 4096;

/** Linear interpolation between the two nearest ranks, as numpy and Excel do by default. */
const quantiles = async (engine: Engine, groups: Groups, wanted: readonly WantedQuantile[]) => {
  const positions = wanted.map((it) => ({ ...it, position: it.share * (it.known - 1) }));
  const ranks = new Set(
    positions.flatMap(({ k, position }) => [`(${k}, ${Math.floor(position)})`, `(${k}, ${Math.ceil(position)})`]),
  );
  const found =
    ranks.size === 0
      ? []
      : await engine.rows<{ k: number; r: number; v: number }>(rankedQuery(groups, wanted, [...ranks]));
  const values = new Map(found.map(({ k, r, v }) => [`${k} ${r}`, v]));
  const results = new Map(
    positions.map(({ k, share, position }) => {
      const at = (rank: number) => values.get(`${k} ${rank}`) ?? Number.NaN;
      const [low, high] = [at(Math.floor(position)), at(Math.ceil(position))];
      return [`${k} ${share}`, low === high ? low : low + (high - low) * (position - Math.floor(position))];
    }),
  );
  return (k: number, share: number) => results.get(`${k} ${share}`) ?? Number.NaN;
};

interface WantedQuantile {
  k: number;
  known: number;
  share: number;
  low: number;
  high: number;
}

const rankedQuery = ({ all }: Groups, wanted: readonly WantedQuantile[], ranks: readonly string[]) => {
  const ranges = new Map(wanted.map(({ k, low, high }) => [k, `(${k}, ${numberSql(low)}, ${numberSql(high)})`]));
  // A range beyond doubles, or of one value, is one part.
  const part = `coalesce(try_cast(floor(${parts} * ((v - low) / (high - low))) AS INTEGER), 0)`;
  const running = (columns: string, order: string) =>
    `sum(n) OVER (PARTITION BY ${columns} ORDER BY ${order} ROWS UNBOUNDED PRECEDING)`;
  const holds = 'r < upto AND r >= upto - n';
  return `WITH wanted(k, r) AS (VALUES ${ranks.join(', ')}), ranges(k, low, high) AS (VALUES ${[...ranges.values()].join(', ')}),
    parted AS (SELECT k, v, n, ${part} AS part FROM ${all} JOIN ranges USING (k) WHERE v IS NOT NULL),
    counted AS (SELECT k, part, n, ${running('k', 'part')} AS upto FROM (SELECT k, part, sum(n) AS n FROM parted GROUP BY k, part)),
    chosen AS (SELECT k, part, any_value(upto - n) AS before FROM counted JOIN wanted USING (k) WHERE ${holds} GROUP BY k, part),
    ranked AS (SELECT k, v, n, before + ${running('k, part', 'v')} AS upto FROM parted JOIN chosen USING (k, part))
    SELECT k, r, v FROM ranked JOIN wanted USING (k) WHERE ${holds}`;
};

/** Profiles of numeric columns, from the table of their distinct values. */
import type { Dataset } from '../dataset.ts';
import { areaOfBins, correlation, correlationRatio, uncertaintyCoefficient } from './association.ts';
import { factsQuery, type Keyed } from '../values.ts';
import type { Grouped, TargetFacts } from './groups.ts';
import { figure, rounded } from './round.ts';
import type { Association, NumericProfile } from './schema.ts';
import { walkInOrder, type Walked } from './walk.ts';

const shares = { p01: 0.01, p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;

const factsOf = `coalesce(sum(n) FILTER (v IS NULL), 0) AS missing, coalesce(sum(n) FILTER (v IS NOT NULL), 0) AS known, count(v) AS values, min(v) AS low, max(v) AS high,
  fsum(n * v) / sum(n) FILTER (v IS NOT NULL) AS mean, coalesce(sum(n) FILTER (v = 0), 0) AS zeros, coalesce(bool_and(v = floor(v)), false) AS whole`;

/** In the order of `batch`. */
export const profileNumbers = async (
  { engine, rows }: Dataset,
  batch: readonly Keyed[],
  grouped: Grouped,
  target: TargetFacts | undefined,
): Promise<NumericProfile[]> => {
  const { values, rows: continuous } = grouped;
  const found = await engine.rows<Facts>(factsQuery({ values: `FROM ${values}`, rows: continuous }, factsOf));
  const facts = new Map(found.map((fact) => [fact.k, { ...fact, values: Number(fact.values) }]));
  const walked = await walkInOrder(engine, grouped, facts, target, ranksOf);
  return batch.map(({ key, column: { name } }) => {
    const [fact, walk] = [facts.get(key), walked.get(key)];
    const association = target && walk && associationOf(walk, target);
    const common = { name, type: 'numeric' as const, ...(association && { association }) };
    const steps = walk?.bins.filter(({ edge }) => !Number.isNaN(edge)) ?? [];
    const histogram = { edges: steps.map(({ edge }) => edge), counts: steps.map((bin) => bin.rows) };
    if (!fact || !walk || fact.known === 0)
      return { ...common, missing: rows, distinct: 0, zeros: 0, whole: false, histogram };
    const { known, low, high, mean, missing, zeros, whole } = fact;
    const { values, squares, cubes } = walk;
    const variance = squares / known;
    return {
      ...common,
      missing,
      distinct: values,
      min: low,
      max: high,
      mean: figure(mean),
      std: figure(Math.sqrt(squares / Math.max(known - 1, 1))),
      skewness: variance > 0 ? figure(cubes / known / variance ** 1.5) : undefined,
      zeros,
      whole,
      quantiles: quantilesOf(walk.ranked, known),
      histogram,
    };
  });
};

interface Facts {
  // So that it passes for a row of the engine.
  [name: string]: number | bigint | boolean;
  k: number;
  missing: number;
  values: bigint;
  known: number;
  low: number;
  high: number;
  mean: number;
  zeros: number;
  whole: boolean;
}

/** The ranks on both sides of a quantile, and how far it is from the first. */
const positionOf = (share: number, known: number) => {
  const position = (known - 1) * share;
  const below = Math.floor(position);
  return { below, above: Math.min(below + 1, known - 1), part: position - below };
};

const ranksOf = (known: number) => {
  const ranks = Object.values(shares).flatMap((share) => {
    const { below, above } = positionOf(share, known);
    return [below, above];
  });
  return [...new Set(ranks)].sort((a, b) => a - b);
};

const quantilesOf = (ranked: ReadonlyMap<number, number>, known: number) => {
  const quantile = (share: number) => {
    const { below, above, part } = positionOf(share, known);
    const [low, high] = [below, above].map((rank) => ranked.get(rank) ?? Number.NaN) as [number, number];
    // Between two values near the ends of the doubles the difference is infinite.
    return rounded(low === high ? low : low * (1 - part) + high * part);
  };
  const entries = Object.entries(shares).map(([name, share]) => [name, quantile(share)]);
  return Object.fromEntries(entries) as Record<keyof typeof shares, number>;
};

const associationOf = ({ bins, below, pairs, rankPairs }: Walked, target: TargetFacts): Association => {
  const { classes } = target.target;
  if (!classes)
    return {
      strength: rounded(
        correlationRatio(
          bins.map((bin) => ({ rows: bin.rows, sum: bin.labels.value })),
          target.squares,
        ),
      ),
      pearson: figure(correlation(pairs)),
      spearman: figure(correlation(rankPairs)),
    };
  const table = bins.map((bin) => bin.classes);
  const [misses = 0, hits = 0] = classes.map((_, label) => table.reduce((sum, bin) => sum + (bin[label] ?? 0), 0));
  // Of two classes over all values, not only their bins.
  const area = classes.length === 2 ? below / hits / misses : 0.5;
  const auc = Math.max(areaOfBins(table), area, 1 - area);
  return { strength: rounded(uncertaintyCoefficient(table)), auc: rounded(auc) };
};

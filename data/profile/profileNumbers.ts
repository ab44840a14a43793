/** Profiles of numeric columns, from the table of their distinct values. */
import type { Dataset } from '../dataset.ts';
import { groupBy } from '../groupBy.ts';
import {
  areaOfBins,
  correlation,
  correlationRatio,
  uncertaintyCoefficient,
  type LabelSum,
  type PairSums,
} from './association.ts';
import { contingencies } from './contingencies.ts';
import { bins, valuesTable, type Keyed, type TargetFacts } from './groups.ts';
import { figure, rounded } from './round.ts';
import type { Association, NumericProfile } from './schema.ts';

const factsTable = 'profile_facts';
const sortedTable = 'profile_sorted';
/** The values in order: `upto` counts the known rows up to and including each, `bin` is its twentieth, -1 for missing. */
const rankedTable = 'profile_ranked';

const shares = { p01: 0.01, p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;

/** In the order of `batch`. */
export const profileNumbers = async (
  dataset: Dataset,
  batch: readonly Keyed[],
  target: TargetFacts | undefined,
): Promise<NumericProfile[]> => {
  const { engine } = dataset;
  await rankValues(dataset, target);
  const facts = byKey(
    await engine.rows<Facts>(
      `SELECT k, any_value(f.missing) AS missing, any_value(f.values) AS values, any_value(f.known) AS known, any_value(f.low) AS low, any_value(f.high) AS high, any_value(f.mean) AS mean, any_value(f.zeros) AS zeros, any_value(f.whole) AS whole, fsum(n * (v - mean) ** 2) AS squares, fsum(n * (v - mean) ** 3) AS cubes FROM ${rankedTable} JOIN ${factsTable} AS f USING (k) GROUP BY k`,
    ),
  );
  const order = grouped(await engine.rows<OrderRow>(orderQuery()));
  const histograms = grouped(
    await engine.rows<WithKey<{ edge: number; rows: number }>>(
      `SELECT k, max(v) AS edge, sum(n) AS rows FROM ${rankedTable} WHERE bin >= 0 GROUP BY k, bin ORDER BY k, edge`,
    ),
  );
  const associations = target ? await associate(dataset, target) : new Map<number, Association>();
  await engine.run(`DROP TABLE ${rankedTable}`);
  await engine.run(`DROP TABLE ${factsTable}`);
  return batch.map(({ key, column: { name } }) => {
    const fact = facts.get(key);
    const steps = histograms.get(key) ?? [];
    const association = associations.get(key);
    const common = { name, type: 'numeric' as const, ...(association && { association }) };
    const histogram = { edges: steps.map(({ edge }) => edge), counts: steps.map(({ rows }) => rows) };
    if (!fact || fact.known === 0)
      return { ...common, missing: dataset.rows, distinct: 0, zeros: 0, whole: false, histogram };
    const { known, values, low, high, mean, squares, cubes, missing, zeros, whole } = fact;
    const variance = squares / known;
    return {
      ...common,
      missing,
      distinct: Number(values),
      min: low,
      max: high,
      mean: figure(mean),
      std: figure(Math.sqrt(squares / Math.max(known - 1, 1))),
      skewness: variance > 0 ? figure(cubes / known / variance ** 1.5) : undefined,
      zeros,
      whole,
      quantiles: quantilesOf(order.get(key) ?? [], known),
      histogram,
    };
  });
};

type WithKey<Row> = Row & { k: number };

type Facts = WithKey<{
  missing: number;
  values: bigint;
  known: number;
  low: number;
  high: number;
  mean: number;
  zeros: number;
  whole: boolean;
  squares: number;
  cubes: number;
}>;

type OrderRow = WithKey<{ v: number; n: number; upto: number }>;

const byKey = <Row extends { k: number }>(rows: readonly Row[]) => new Map(rows.map((row) => [row.k, row]));

const grouped = <Row extends { k: number }>(rows: readonly Row[]) => groupBy(rows, ({ k }) => k);

const rankValues = async ({ engine, rows }: Dataset, target: TargetFacts | undefined) => {
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${factsTable} AS SELECT k, coalesce(sum(n) FILTER (v IS NULL), 0) AS missing, coalesce(sum(n) FILTER (v IS NOT NULL), 0) AS known, count(v) AS values, min(v) AS low, max(v) AS high, fsum(n * v) / sum(n) FILTER (v IS NOT NULL) AS mean, coalesce(sum(n) FILTER (v = 0), 0) AS zeros, coalesce(bool_and(v = floor(v)), false) AS whole, row_number() OVER (ORDER BY k) - 1 AS place${target?.target.classes?.length === 2 ? ', sum(n - p) AS negatives' : ''} FROM ${valuesTable} GROUP BY k`,
  );
  // Every column has all rows, so that a running sum over the sorted values of all columns can be taken apart again.
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${sortedTable} AS SELECT * FROM ${valuesTable} ORDER BY k, v NULLS FIRST`,
  );
  const running = 'OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)';
  const binary = target?.target.classes?.length === 2;
  const counted = `SELECT *, sum(n) ${running} AS upto${binary ? `, sum(n - p) ${running} AS misses` : ''} FROM ${sortedTable}`;
  const own = `u.upto - f.place * ${rows} - f.missing AS upto${binary ? ', u.misses - f.place * f.negatives AS misses' : ''}`;
  const ranked = `SELECT u.* REPLACE (${own}), f.known, f.values, f.mean AS centre FROM (${counted}) AS u JOIN ${factsTable} AS f USING (k)`;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${rankedTable} AS SELECT *, CASE WHEN v IS NULL THEN -1 WHEN values <= ${bins} THEN upto ELSE floor(${bins} * (upto - n) / known) END AS bin FROM (${ranked})`,
  );
  await engine.run(`DROP TABLE ${sortedTable}`);
};

/** The values that hold one of the ranks from which a quantile is interpolated. */
const orderQuery = () => {
  const holds = Object.values(shares).map((share) => {
    const rank = `floor((known - 1) * ${share}::DOUBLE)`;
    return `(upto > ${rank} AND upto - n <= ${rank} + 1)`;
  });
  return `SELECT k, v, n, upto FROM ${rankedTable} WHERE v IS NOT NULL AND (${holds.join(' OR ')}) ORDER BY k, upto`;
};

const quantilesOf = (ordered: readonly OrderRow[], known: number) => {
  const at = (rank: number) => ordered.find(({ upto }) => upto > rank)?.v ?? Number.NaN;
  const quantile = (share: number) => {
    const position = (known - 1) * share;
    const below = Math.floor(position);
    const [low, high] = [at(below), at(Math.min(below + 1, known - 1))];
    // Between two values near the ends of the doubles the difference is infinite.
    return rounded(low === high ? low : low * (1 - (position - below)) + high * (position - below));
  };
  const entries = Object.entries(shares).map(([name, share]) => [name, quantile(share)]);
  return Object.fromEntries(entries) as Record<keyof typeof shares, number>;
};

const associate = async (dataset: Dataset, target: TargetFacts): Promise<Map<number, Association>> =>
  target.target.classes ? associateClasses(dataset, target.target.classes) : associateNumbers(dataset, target);

const associateClasses = async (dataset: Dataset, classes: readonly string[]) => {
  const tables = await contingencies(dataset, classes, rankedTable);
  const areas = classes.length === 2 ? await exactAreas(dataset) : new Map<number, number>();
  return new Map(
    [...tables].map(([key, table]) => {
      const auc = Math.max(areaOfBins(table), areas.get(key) ?? 0.5);
      return [key, { strength: rounded(uncertaintyCoefficient(table)), auc: rounded(auc) }];
    }),
  );
};

/** Of two classes, over all values and not only their bins; a missing value ranks below all. */
const exactAreas = async ({ engine }: Dataset) => {
  const found = await engine.rows<{ k: number; area: number }>(
    `SELECT k, fsum(p * (misses - (n - p) / 2)) / sum(p) / sum(n - p) AS area FROM ${rankedTable} GROUP BY k`,
  );
  return new Map(found.map(({ k, area }) => [k, Math.max(area, 1 - area)]));
};

const associateNumbers = async ({ engine }: Dataset, { squares }: TargetFacts) => {
  const groups = grouped(
    await engine.rows<WithKey<LabelSum>>(
      `SELECT k, sum(n) AS rows, fsum(s) AS sum FROM ${rankedTable} GROUP BY k, bin`,
    ),
  );
  const x = '(v - centre)';
  const [rank, label] = ['(upto - n / 2 - known / 2)', '(r - n * known / 2)'];
  const sums = await engine.rows<WithKey<PairSums & Record<`rank_${keyof PairSums}`, number>>>(
    `SELECT k, sum(n) AS n, fsum(n * ${x}) AS x, fsum(s) AS y, fsum(n * ${x} * ${x}) AS xx, fsum(s2) AS yy, fsum(${x} * s) AS xy,
      fsum(n * ${rank}) AS rank_x, fsum(${label}) AS rank_y, fsum(n * ${rank} * ${rank}) AS rank_xx, fsum(r2 - known * r + n * known * known / 4) AS rank_yy, fsum(${rank} * ${label}) AS rank_xy
      FROM ${rankedTable} WHERE v IS NOT NULL GROUP BY k`,
  );
  const pairs = byKey(sums);
  return new Map(
    [...groups].map(([key, bins]): [number, Association] => {
      const pair = pairs.get(key);
      return [
        key,
        {
          strength: rounded(correlationRatio(bins, squares)),
          pearson: figure(pair && correlation(pair)),
          spearman: figure(
            pair &&
              correlation({
                n: pair.n,
                x: pair.rank_x,
                y: pair.rank_y,
                xx: pair.rank_xx,
                yy: pair.rank_yy,
                xy: pair.rank_xy,
              }),
          ),
        },
      ];
    }),
  );
};

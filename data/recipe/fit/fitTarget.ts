import type { Engine } from '../../engine.ts';
import { quoted } from '../../engine.ts';
import { groupBy } from '../../groupBy.ts';
import { splitView } from '../../split.ts';
import type { TargetFeature } from '../schema.ts';
import type { Fitting, TextColumn } from './fitTexts.ts';
import { tenDigits } from './moments.ts';

/** Of `fold` in `splitView`. */
const folds = 5;
const defaultSmoothing = 10;

/**
 * Target encoding. A train row gets the value that the other folds teach, never its own label's: a column of many levels would
 * otherwise tell the label of every train row and nothing of a new one. Equal rows, and rows of one group, share
 * a fold.
 */
export const fitTarget = async (
  engine: Engine,
  { name, sql, settings }: TextColumn,
  { levels, missing }: Pick<TargetFeature, 'levels' | 'missing'>,
  { target: { classes }, rows }: Fitting,
): Promise<TargetFeature> => {
  const { smoothing = defaultSmoothing } = settings;
  const y = classes ? 'y' : await standardised(engine, rows);
  const sums = classes
    ? classes.slice(1).map((_, place) => `(count(*) FILTER (y = ${place + 1}))::DOUBLE`)
    : [`fsum(${y})`];
  const found = await engine.rows<{ level: string | null; fold: number; n: number; sums: { items: number[] } }>(
    `SELECT level, fold, count(*)::DOUBLE AS n, [${sums.join(', ')}] AS sums FROM (SELECT CASE WHEN ${sql} IN (${levels.map(quoted).join(', ')}) THEN ${sql} END AS level, fold, y FROM ${splitView} WHERE ${rows}) GROUP BY level, fold ORDER BY level, fold`,
  );
  const cells = found.map(({ sums: { items }, ...cell }) => ({ ...cell, sums: items }));
  const width = sums.length;
  const prior = shareOf(total(cells, width), { n: 0, sums: [] }, 0);
  const byLevel = groupBy(cells, ({ level }) => level);
  const valuesWithout = (fold?: number) =>
    levels.map((level) => {
      const own = (byLevel.get(level) ?? []).filter((cell) => cell.fold !== fold);
      return shareOf(total(own, width), { n: smoothing, sums: prior }, smoothing);
    });
  return {
    column: name,
    kind: 'target',
    levels,
    values: valuesWithout(),
    prior,
    smoothing,
    folds: Array.from({ length: folds }, (_, fold) => valuesWithout(fold)),
    missing,
  };
};

interface Sum {
  n: number;
  sums: readonly number[];
}

const total = (cells: readonly Sum[], width: number): Sum => ({
  n: cells.reduce((sum, { n }) => sum + n, 0),
  sums: Array.from({ length: width }, (_, place) => cells.reduce((sum, cell) => sum + (cell.sums[place] ?? 0), 0)),
});

/** Without a row and without smoothing there is nothing but the prior. */
const shareOf = ({ n, sums }: Sum, prior: Sum, weight: number): number[] =>
  sums.map((sum, place) => {
    const expected = prior.sums[place] ?? 0;
    const value = n + weight > 0 ? (sum + weight * expected) / (n + weight) : expected;
    // Of quantities around 1: digits after the point are told apart, not digits after zeros.
    return Number(value.toFixed(10)) + 0;
  });

/** The label in standard deviations from its mean, in SQL. */
const standardised = async (engine: Engine, rows: string) => {
  const groups = `SELECT y, count(*)::DOUBLE AS n FROM ${splitView} WHERE ${rows} GROUP BY y`;
  const [first] = await engine.rows<{ mean: number }>(`SELECT fsum(n * y) / sum(n) AS mean FROM (${groups})`);
  const mean = tenDigits(first?.mean ?? 0);
  const [second] = await engine.rows<{ squares: number }>(
    `SELECT fsum(n * (y - ${mean}::DOUBLE) * (y - ${mean}::DOUBLE)) / sum(n) AS squares FROM (${groups})`,
  );
  const deviation = tenDigits(Math.sqrt(second?.squares ?? 0));
  return `((y - '${mean}'::DOUBLE) / '${deviation > 0 ? deviation : 1}'::DOUBLE)`;
};

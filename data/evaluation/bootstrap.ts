/** Intervals of metrics by the percentile bootstrap over the held-out rows; see resample.ts for what is drawn. */
import { type Answers, rangeOf, sampleOf } from '../metrics.ts';
import { ascending } from '../metrics/order.ts';
import type { Metrics, Sample } from '../metrics/sample.ts';
import type { Interval } from '../../spec/evaluation.ts';
import { defaultMaxRows, pick, resampling } from './resample.ts';

export interface BootstrapOptions {
  /** Default 7. */
  seed?: number;
  /** Default 1,000. */
  replicates?: number;
  /** Default 0.95. */
  level?: number;
  /** Rows above which a part of them is kept; default 20,000. */
  maxRows?: number;
}

export const defaults = { seed: 7, replicates: 1000, level: 0.95 } as const;

/** A metric whose value is undefined in more than this share of replicates has no interval. */
const mostUndefined = 0.1;

/** Answers with the metrics of all their rows. */
export interface Measured {
  answers: Answers;
  metrics: Metrics;
}

/** The metrics of every replicate, for one or more models on the same rows and under the same weights. */
export const replicate = (models: readonly Measured[], options: BootstrapOptions): Metrics[][] => {
  const { seed = defaults.seed, replicates = defaults.replicates, maxRows = defaultMaxRows } = options;
  const [first] = models;
  if (!first) return [];
  const { problem, labels } = first.answers;
  const drawn = resampling(labels.length, {
    seed,
    maxRows,
    ...(labels.length > maxRows && {
      classes: problem === 'regression' ? outstanding(models, maxRows) : labels,
    }),
  });
  const all = drawn.rows.length === labels.length;
  const kept = models.map(({ answers }) => sampleOf(all ? answers : pick(answers, drawn.rows)));
  const shifts = kept.map((sample, index) => (all ? undefined : shiftOf(models[index]!.metrics, sample, drawn.stands)));
  const weights = new Float64Array(drawn.rows.length);
  return Array.from({ length: replicates }, () => {
    drawn.draw(weights);
    return kept.map((sample, index) => shifted(sample.measure(weights), shifts[index]));
  });
};

/**
 * 1 for the rows with the largest errors, plain or by the label's size, of any model: a few of them can make up most of a
 * metric, so they are a class of their own, of which every row is kept.
 */
const outstanding = (models: readonly Measured[], maxRows: number): Float64Array => {
  const rows = models[0]!.answers.labels.length;
  const marked = new Float64Array(rows);
  const most = Math.floor(maxRows / 8 / models.length);
  for (const { answers } of models) {
    const error = answers.labels.map((label, row) => Math.abs(label - answers.scores[row]!));
    const relative = error.map((size, row) => size / Math.max(Math.abs(answers.labels[row]!), Number.MIN_VALUE));
    for (const size of [error, relative]) for (const row of ascending(size).subarray(rows - most)) marked[row] = 1;
  }
  return marked;
};

/** From the kept rows to all of them: replicates scatter around the metrics of the rows that they were drawn from. */
const shiftOf = (whole: Metrics, kept: Sample, stands: Float64Array): Metrics => {
  const part = kept.measure(stands);
  return Object.fromEntries(Object.entries(whole).map(([metric, value]) => [metric, value - (part[metric] ?? value)]));
};

const shifted = (metrics: Metrics, shift: Metrics | undefined): Metrics => {
  if (!shift) return metrics;
  return Object.fromEntries(
    Object.entries(metrics).map(([metric, value]) => {
      const [low, high] = rangeOf(metric);
      return [metric, Math.min(high, Math.max(low, value + (shift[metric] ?? 0)))];
    }),
  );
};

/** An interval for every metric that the answers have and that is defined in at least nine of ten replicates. */
export const intervals = (measured: Measured, options: BootstrapOptions = {}): Record<string, Interval> => {
  const drawn = replicate([measured], options);
  const found: Record<string, Interval> = {};
  for (const metric of Object.keys(measured.metrics)) {
    const values = drawn.flatMap(([metrics]) => metrics?.[metric] ?? []);
    if (values.length >= drawn.length * (1 - mostUndefined))
      found[metric] = percentileInterval(values, options.level ?? defaults.level);
  }
  return found;
};

/** The middle `level` of the values, with their sample deviation. */
export const percentileInterval = (values: readonly number[], level: number): Interval => {
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    lower: quantile(sorted, (1 - level) / 2),
    upper: quantile(sorted, (1 + level) / 2),
    deviation: Math.sqrt(squares / Math.max(1, sorted.length - 1)),
  };
};

/** Linear interpolation between the two nearest ranks. */
export const quantile = (sorted: Float64Array, share: number): number => {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
};

/** Every metric: for which problems, what is better, and which values it can take. */
import type { Problem } from '../../algorithms/algorithm.ts';
import type { Direction } from '../../spec/goodness.ts';

interface Entry {
  problems: readonly Problem[];
  direction: Direction;
  range: readonly [low: number, high: number];
}

const share: Entry['range'] = [0, 1];
const positive: Entry['range'] = [0, Infinity];
const entry = (problems: readonly Problem[], direction: Direction, range: Entry['range']): Entry => ({
  problems,
  direction,
  range,
});

const numbers: readonly Problem[] = ['regression'];
const two: readonly Problem[] = ['binary'];
const more: readonly Problem[] = ['multiclass'];
const classes: readonly Problem[] = ['binary', 'multiclass'];

const catalogue = {
  rmse: entry(numbers, 'min', positive),
  mse: entry(numbers, 'min', positive),
  mae: entry(numbers, 'min', positive),
  medianAe: entry(numbers, 'min', positive),
  r2: entry(numbers, 'max', [-Infinity, 1]),
  explainedVariance: entry(numbers, 'max', [-Infinity, 1]),
  mape: entry(numbers, 'min', positive),
  smape: entry(numbers, 'min', [0, 2]),
  rmsle: entry(numbers, 'min', positive),
  bias: entry(numbers, 'zero', [-Infinity, Infinity]),
  accuracy: entry(classes, 'max', share),
  balancedAccuracy: entry(classes, 'max', share),
  mcc: entry(classes, 'max', [-1, 1]),
  precision: entry(two, 'max', share),
  recall: entry(two, 'max', share),
  specificity: entry(two, 'max', share),
  f1: entry(two, 'max', share),
  auc: entry(classes, 'max', share),
  prAuc: entry(two, 'max', share),
  ks: entry(two, 'max', share),
  logloss: entry(classes, 'min', positive),
  brier: entry(two, 'min', share),
  ece: entry(two, 'min', share),
  top3Accuracy: entry(more, 'max', share),
  top5Accuracy: entry(more, 'max', share),
  precisionMacro: entry(more, 'max', share),
  precisionMicro: entry(more, 'max', share),
  precisionWeighted: entry(more, 'max', share),
  recallMacro: entry(more, 'max', share),
  recallMicro: entry(more, 'max', share),
  recallWeighted: entry(more, 'max', share),
  f1Macro: entry(more, 'max', share),
  f1Micro: entry(more, 'max', share),
  f1Weighted: entry(more, 'max', share),
} as const satisfies Record<string, Entry>;

export type Metric = keyof typeof catalogue;

const entries = new Map<string, Entry>(Object.entries(catalogue));

const find = (metric: string): Entry => {
  const found = entries.get(metric);
  if (!found) throw new RangeError(`unknown metric ${metric}`);
  return found;
};

/** What is better of a metric. Throws RangeError for one that is not known. */
export const directionOf = (metric: string): Direction => find(metric).direction;

/** The values that a metric can take. Throws RangeError for one that is not known. */
export const rangeOf = (metric: string): Entry['range'] => find(metric).range;

/** The metrics of a problem. Some are absent of some answers: where they are not defined. */
export const metricsFor = (problem: Problem): readonly string[] =>
  [...entries].flatMap(([name, { problems }]) => (problems.includes(problem) ? [name] : []));

const objectives: Record<Problem, Metric> = { regression: 'rmse', binary: 'auc', multiclass: 'accuracy' };

/** The metric by which candidates are compared unless the user names another. */
export const objectiveFor = (problem: Problem): Metric => objectives[problem];

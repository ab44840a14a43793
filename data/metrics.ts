/** How good answers are. Definitions are those of scikit-learn, against which recorded values are tested. */
import type { Problem, Score } from '../algorithms/algorithm.ts';
import { binary } from './metrics/binary.ts';
import { multiclass } from './metrics/multiclass.ts';
import { regression } from './metrics/regression.ts';

/** Whether more or less is better. */
export const metricDirection = {
  rmse: 'min',
  mae: 'min',
  medianAe: 'min',
  r2: 'max',
  accuracy: 'max',
  balancedAccuracy: 'max',
  precision: 'max',
  recall: 'max',
  f1: 'max',
  auc: 'max',
  prAuc: 'max',
  logloss: 'min',
  brier: 'min',
  precisionMacro: 'max',
  precisionMicro: 'max',
  precisionWeighted: 'max',
  recallMacro: 'max',
  recallMicro: 'max',
  recallWeighted: 'max',
  f1Macro: 'max',
  f1Micro: 'max',
  f1Weighted: 'max',
} as const satisfies Record<string, 'min' | 'max'>;

export type Metric = keyof typeof metricDirection;

/** Whether more or less of a metric is better. Throws RangeError for one that is not known. */
export const directionOf = (metric: string): 'min' | 'max' => {
  const direction = directions.get(metric);
  if (!direction) throw new RangeError(`directionOf: unknown metric ${metric}`);
  return direction;
};

const directions = new Map<string, 'min' | 'max'>(Object.entries(metricDirection));

const byProblem: Record<Problem, readonly Metric[]> = {
  regression: ['rmse', 'mae', 'medianAe', 'r2'],
  binary: ['accuracy', 'balancedAccuracy', 'precision', 'recall', 'f1', 'auc', 'prAuc', 'logloss', 'brier'],
  multiclass: [
    ...(['accuracy', 'balancedAccuracy', 'auc', 'logloss'] as const),
    ...(['precisionMacro', 'precisionMicro', 'precisionWeighted'] as const),
    ...(['recallMacro', 'recallMicro', 'recallWeighted'] as const),
    ...(['f1Macro', 'f1Micro', 'f1Weighted'] as const),
  ],
};

/** The metrics that `evaluate` computes for a problem. */
export const metricsFor = (problem: Problem): readonly string[] => byProblem[problem];

const objectives: Record<Problem, Metric> = { regression: 'rmse', binary: 'auc', multiclass: 'accuracy' };

/** The metric by which candidates are compared unless the user names another. */
export const objectiveFor = (problem: Problem): Metric => objectives[problem];

export interface Evaluation {
  /** `auc` and `prAuc` are absent when the labels hold one class only. */
  metrics: Record<string, number>;
  /** `[actual][predicted]` in rows, in label order; absent for regression. */
  confusionMatrix?: number[][];
}

export interface EvaluateOptions {
  /** Class labels in label order; default as many as the scores (two for binary). */
  classes?: readonly string[];
  /** Of a binary problem: answers class 1 from this probability on; default 0.5. */
  threshold?: number;
}

/**
 * `labels` are class numbers or values, `scores` one per label: a value, P(class 1), or one probability per class.
 * Throws RangeError when they do not fit together.
 */
export const evaluate = (
  problem: Problem,
  labels: Float64Array,
  scores: ArrayLike<Score>,
  { classes, threshold = 0.5 }: EvaluateOptions = {},
): Evaluation => {
  const { length } = labels;
  if (length === 0 || scores.length !== length)
    throw new RangeError(
      `evaluate: ${scores.length} scores for ${length} labels; expected one score for each, and at least one`,
    );
  if (problem === 'multiclass') {
    const rows = Array.from(scores, (score) => (typeof score === 'number' ? [score] : score));
    const width = classes?.length ?? rows[0]!.length;
    for (const [index, row] of rows.entries()) {
      if (row.length !== width)
        throw new RangeError(`evaluate: row ${index + 1} has ${row.length} probabilities, expected ${width}`);
      refuseInvalid(row, index, 0, 1);
    }
    refuseClasses(labels, width);
    return multiclass(labels, rows, width);
  }
  const values = Float64Array.from(scores, Number);
  const [low, high] = problem === 'binary' ? [0, 1] : [-Infinity, Infinity];
  for (let index = 0; index < length; index++) refuseInvalid([values[index]!], index, low, high);
  if (problem === 'regression') return { metrics: regression(labels, values) };
  refuseClasses(labels, 2);
  return binary(labels, values, threshold);
};

// Containers compute probabilities in single precision, where a softmax can pass 1 by a rounding error.
const rounding = 1e-6;

const refuseInvalid = (scores: readonly number[], index: number, low: number, high: number) => {
  const invalid = scores.find(
    (score) => !(Number.isFinite(score) && score >= low - rounding && score <= high + rounding),
  );
  if (invalid === undefined) return;
  const expected = high === 1 ? 'a probability from 0 to 1' : 'a finite number';
  throw new RangeError(`evaluate: the score of row ${index + 1} is ${invalid}, expected ${expected}`);
};

const refuseClasses = (labels: Float64Array, classes: number) => {
  const row = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (row >= 0)
    throw new RangeError(
      `evaluate: the label of row ${row + 1} is ${labels[row]}, expected a class from 0 to ${classes - 1}`,
    );
};

/**
 * The metrics, on the test labels, of a model that always answers the same: the mean of the train labels (regression, binary),
 * or the share of each class (multiclass).
 */
export const baseline = (problem: Problem, answer: number | readonly number[], testLabels: Float64Array): Evaluation =>
  evaluate(
    problem,
    testLabels,
    typeof answer === 'number'
      ? new Float64Array(testLabels.length).fill(answer)
      : Array.from(testLabels, () => [...answer]),
  );

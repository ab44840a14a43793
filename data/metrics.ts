/** How good answers are. Definitions are those of scikit-learn, against which recorded values are tested. */
import type { Problem, Score } from '../algorithms/algorithm.ts';
import { binarySample } from './metrics/binary.ts';
import { confusion } from './metrics/classes.ts';
import { mostProbable, multiclassSample } from './metrics/multiclass.ts';
import { regressionSample } from './metrics/regression.ts';
import type { Metrics, Sample } from './metrics/sample.ts';

export { directionOf, metricsFor, objectiveFor, rangeOf, type Metric } from './metrics/catalogue.ts';

/** What a model answered for rows whose labels are known. */
export interface Answers {
  problem: Problem;
  /** Class numbers, or values. */
  labels: Float64Array;
  /** One per label: a value or P(class 1); for multiclass one probability per class, row after row. */
  scores: Float64Array;
  /** Of a binary problem: class 1 is answered from this probability on; default 0.5. */
  threshold?: number;
}

export interface Evaluation {
  /** What is not defined is absent, such as `auc` when the labels hold one class only. */
  metrics: Metrics;
  /** `[actual][predicted]` in rows, in label order; absent for regression. */
  confusionMatrix?: number[][];
}

/** How many scores a row has. */
export const widthOf = ({ problem, labels, scores }: Answers) =>
  problem === 'multiclass' ? scores.length / labels.length : 1;

/** The answers of a container as one array. Throws RangeError when rows differ in how many probabilities they hold. */
export const flatScores = (scores: ArrayLike<Score>): Float64Array => {
  const first = scores[0];
  if (typeof first !== 'object') return Float64Array.from(scores, Number);
  const flat = new Float64Array(scores.length * first.length);
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    const own = typeof score === 'number' ? [score] : score;
    if (own.length !== first.length)
      throw new RangeError(`evaluate: row ${row + 1} has ${own.length} probabilities, expected ${first.length}`);
    flat.set(own, row * first.length);
  }
  return flat;
};

/**
 * Metrics and confusion matrix. Throws RangeError, naming the row, when labels and scores do not fit together: not as many,
 * not finite, no class, no probability.
 */
export const evaluate = (answers: Answers): Evaluation => {
  refuseInvalid(answers);
  return { metrics: sampleOf(answers).measure(), ...confusionOf(answers) };
};

/** Answers made ready to be measured under many weights; they must be valid, see `refuseInvalid`. */
export const sampleOf = (answers: Answers): Sample => samples[answers.problem](answers);

const samples: Record<Problem, (answers: Answers) => Sample> = {
  binary: ({ labels, scores, threshold = 0.5 }) => binarySample(labels, scores, threshold),
  multiclass: (answers) => multiclassSample(answers.labels, answers.scores, widthOf(answers)),
  regression: ({ labels, scores }) => regressionSample(labels, scores),
};

/** The class that is answered for each row; `undefined` for regression. */
export const predictedOf = (answers: Answers): Int32Array | undefined => {
  const { problem, scores, threshold = 0.5 } = answers;
  if (problem === 'regression') return undefined;
  if (problem === 'multiclass') return mostProbable(scores, widthOf(answers));
  const predicted = new Int32Array(scores.length);
  for (let row = 0; row < scores.length; row++) predicted[row] = scores[row]! >= threshold ? 1 : 0;
  return predicted;
};

const confusionOf = (answers: Answers): Pick<Evaluation, 'confusionMatrix'> => {
  const predicted = predictedOf(answers);
  const classes = answers.problem === 'binary' ? 2 : widthOf(answers);
  return predicted ? { confusionMatrix: confusion(answers.labels, predicted, classes) } : {};
};

// Containers compute probabilities in single precision, where a softmax can pass 1 by a rounding error.
const rounding = 1e-6;

/** Throws RangeError for answers that cannot be measured, naming the first wrong row. */
export const refuseInvalid = (answers: Answers) => {
  const { problem, labels, scores } = answers;
  const width = widthOf(answers);
  if (labels.length === 0 || scores.length !== labels.length * width || !Number.isInteger(width) || width === 0)
    throw new RangeError(
      `evaluate: ${scores.length} scores for ${labels.length} labels; expected one score for each, and at least one`,
    );
  const [low, high] = problem === 'regression' ? [-Infinity, Infinity] : [-rounding, 1 + rounding];
  const wrong = scores.findIndex((score) => !(Number.isFinite(score) && score >= low && score <= high));
  if (wrong >= 0) {
    const expected = problem === 'regression' ? 'a finite number' : 'a probability from 0 to 1';
    const row = Math.floor(wrong / width) + 1;
    throw new RangeError(`evaluate: the score of row ${row} is ${scores[wrong]}, expected ${expected}`);
  }
  const classes = problem === 'binary' ? 2 : width;
  const fits =
    problem === 'regression'
      ? (label: number) => Number.isFinite(label)
      : (label: number) => Number.isInteger(label) && label >= 0 && label < classes;
  const row = labels.findIndex((label) => !fits(label));
  if (row < 0) return;
  const expected = problem === 'regression' ? 'a finite number' : `a class from 0 to ${classes - 1}`;
  throw new RangeError(`evaluate: the label of row ${row + 1} is ${labels[row]}, expected ${expected}`);
};

/**
 * The metrics, on the test labels, of a model that always answers the same: the mean of the train labels (regression, binary),
 * or the share of each class (multiclass).
 */
export const baseline = (
  problem: Problem,
  answer: number | readonly number[],
  testLabels: Float64Array,
): Evaluation => {
  if (problem === 'regression')
    return evaluate({ problem, labels: testLabels, scores: new Float64Array(testLabels.length).fill(Number(answer)) });
  const shares = typeof answer === 'number' ? [1 - answer, answer] : answer;
  const rows = new Float64Array(shares.length);
  for (const label of testLabels) rows[label]! += 1;
  return classBaseline(problem, shares, rows);
};

/** All rows of a class are answered alike, so one row of each with the weight of all of them says everything. */
const classBaseline = (problem: 'binary' | 'multiclass', shares: readonly number[], rows: Float64Array): Evaluation => {
  const labels = Float64Array.from(rows.keys());
  const scores =
    problem === 'binary'
      ? new Float64Array(2).fill(shares[1]!)
      : Float64Array.from({ length: shares.length ** 2 }, (_, at) => shares[at % shares.length]!);
  const answers: Answers = { problem, labels, scores };
  const [answered = 0] = predictedOf(answers)!;
  const confusionMatrix = Array.from(rows, (count) =>
    Array.from(rows, (_, predicted) => (predicted === answered ? count : 0)),
  );
  return { metrics: sampleOf(answers).measure(rows), confusionMatrix };
};

import { ascending } from './order.ts';
import { type Metrics, ratio, type Sample } from './sample.ts';

/**
 * Metrics of predicted numbers, as scikit-learn defines them. An error is prediction minus label, so `bias` is positive for
 * predictions that are too high. `mape` is absent when a label is 0, `rmsle` when a label or prediction is negative; `smape`
 * is the mean of 2|error| / (|label| + |prediction|), from 0 to 2.
 */
export const regressionSample = (labels: Float64Array, scores: Float64Array): Sample => {
  const rows = labels.length;
  const errors = new Float64Array(rows);
  const absolute = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    errors[row] = scores[row]! - labels[row]!;
    absolute[row] = Math.abs(errors[row]!);
  }
  const percent = !labels.includes(0);
  const logarithmic = labels.every((label) => label >= 0) && scores.every((score) => score >= 0);
  const sample: Measured = {
    labels,
    errors,
    absolute,
    symmetric: absolute.map((size, row) => ratio(2 * size, Math.abs(labels[row]!) + Math.abs(scores[row]!))),
    ...(percent && { relative: absolute.map((size, row) => size / Math.abs(labels[row]!)) }),
    ...(logarithmic && {
      logarithmic: labels.map((label, row) => (Math.log1p(scores[row]!) - Math.log1p(label)) ** 2),
    }),
    order: ascending(absolute),
    meanLabel: labels.every((label) => label === labels[0]) ? labels[0]! : mean(labels),
    meanError: mean(errors),
  };
  const every = new Float64Array(rows).fill(1);
  return { measure: (weights = every) => measured(sample, weights) };
};

interface Measured {
  labels: Float64Array;
  errors: Float64Array;
  absolute: Float64Array;
  /** What each row adds to smape, mape and rmsle². */
  symmetric: Float64Array;
  relative?: Float64Array;
  logarithmic?: Float64Array;
  /** Rows by ascending absolute error. */
  order: Int32Array;
  meanLabel: number;
  meanError: number;
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

const measured = (sample: Measured, weights: Float64Array): Metrics => {
  const { labels, errors, absolute, symmetric, relative, logarithmic, meanLabel, meanError } = sample;
  let [all, sum, squares, absolutes, symmetrics, relatives, logs] = [0, 0, 0, 0, 0, 0, 0];
  // Around the means of the whole sample, so that little is lost when the squared sums are taken off again.
  let [label, labelSquares, error, errorSquares] = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights[row]!;
    if (weight === 0) continue;
    const size = absolute[row]!;
    const [fromLabel, fromError] = [labels[row]! - meanLabel, errors[row]! - meanError];
    all += weight;
    sum += weight * errors[row]!;
    squares += weight * size * size;
    absolutes += weight * size;
    symmetrics += weight * symmetric[row]!;
    if (relative) relatives += weight * relative[row]!;
    if (logarithmic) logs += weight * logarithmic[row]!;
    label += weight * fromLabel;
    labelSquares += weight * fromLabel * fromLabel;
    error += weight * fromError;
    errorSquares += weight * fromError * fromError;
  }
  const spread = spreadOf(labelSquares, label, all);
  return {
    rmse: Math.sqrt(squares / all),
    mse: squares / all,
    mae: absolutes / all,
    medianAe: weightedMedian(sample, weights, all),
    r2: explained(squares, spread),
    explainedVariance: explained(spreadOf(errorSquares, error, all), spread),
    bias: sum / all,
    smape: symmetrics / all,
    ...(relative && { mape: relatives / all }),
    ...(logarithmic && { rmsle: Math.sqrt(logs / all) }),
  };
};

/** The sum of squares around the mean; what is but rounding counts as none. */
const spreadOf = (squares: number, sum: number, all: number) => {
  const spread = squares - sum ** 2 / all;
  return spread <= 1e-12 * squares ? 0 : spread;
};

const explained = (left: number, spread: number) => (spread === 0 ? (left === 0 ? 1 : 0) : 1 - left / spread);

/** The median as if each row were there as often as it weighs. */
const weightedMedian = ({ absolute, order }: Measured, weights: Float64Array, all: number) => {
  let [below, lower] = [0, Number.NaN];
  for (const row of order) {
    if (weights[row] === 0) continue;
    if (!Number.isNaN(lower)) return (lower + absolute[row]!) / 2;
    below += weights[row]!;
    if (2 * below > all) return absolute[row]!;
    if (2 * below === all) lower = absolute[row]!;
  }
  return lower;
};

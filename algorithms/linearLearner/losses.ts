/** The losses of Linear Learner in scaled space: value for one row, and the derivative by each output. */
import type { LossName, Settings } from './settings.ts';

export interface Loss {
  /** How the log names the objective. */
  objective: string;
  /** Loss of a row with these raw outputs; writes the derivative by each output into `slopes`. */
  row(outputs: Float64Array, label: number, slopes: Float64Array): number;
  /** The loss in units of the raw label, given the loss in scaled space and the label's scale. */
  unscale(loss: number, labelScale: number): number;
}

const same = (loss: number): number => loss;
const linear = (loss: number, labelScale: number): number => loss / labelScale;
const quadratic = (loss: number, labelScale: number): number => loss / labelScale ** 2;

/** log(1 + e^x) without overflow. */
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Turns logits into probabilities in place. */
export const softmax = (logits: Float64Array): void => {
  let top = -Infinity;
  for (const logit of logits) top = Math.max(top, logit);
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += logits[index] = Math.exp(logits[index]! - top);
  for (let index = 0; index < logits.length; index++) logits[index]! /= sum;
};

/** A loss of the residual `output - label`. */
const ofResidual = (
  objective: string,
  unscale: Loss['unscale'],
  value: (residual: number) => number,
  slope: (residual: number) => number,
): Loss => ({
  objective,
  unscale,
  row(outputs, label, slopes) {
    const residual = outputs[0]! - label;
    slopes[0] = slope(residual);
    return value(residual);
  },
});

type Options = Settings['lossOptions'];

/** What lies outside the insensitive zone, with its sign. */
const outside = (residual: number, zone: number): number =>
  Math.sign(residual) * Math.max(0, Math.abs(residual) - zone);

const losses: Record<LossName, (options: Options) => Loss> = {
  squared_loss: () =>
    ofResidual(
      'mse_objective',
      quadratic,
      (r) => r * r,
      (r) => 2 * r,
    ),
  absolute_loss: () => ofResidual('absolute_loss_objective', linear, Math.abs, Math.sign),
  eps_insensitive_squared_loss: ({ insensitivity }) =>
    ofResidual(
      'eps_insensitive_squared_loss_objective',
      quadratic,
      (r) => outside(r, insensitivity) ** 2,
      (r) => 2 * outside(r, insensitivity),
    ),
  eps_insensitive_absolute_loss: ({ insensitivity }) =>
    ofResidual(
      'eps_insensitive_absolute_loss_objective',
      linear,
      (r) => Math.abs(outside(r, insensitivity)),
      (r) => Math.sign(outside(r, insensitivity)),
    ),
  // The residual is output - label: an output below the label costs `quantile`, one above it the rest.
  quantile_loss: ({ quantile }) =>
    ofResidual(
      'quantile_loss_objective',
      linear,
      (r) => (r < 0 ? -quantile * r : (1 - quantile) * r),
      (r) => (r < 0 ? -quantile : 1 - quantile),
    ),
  huber_loss: ({ huberDelta }) =>
    ofResidual(
      'huber_loss_objective',
      quadratic,
      (r) => (Math.abs(r) <= huberDelta ? (r * r) / 2 : huberDelta * (Math.abs(r) - huberDelta / 2)),
      (r) => Math.max(-huberDelta, Math.min(huberDelta, r)),
    ),
  logistic: () => ({
    objective: 'binary_classification_cross_entropy_objective',
    unscale: same,
    row(outputs, label, slopes) {
      const output = outputs[0]!;
      slopes[0] = sigmoid(output) - label;
      return softplus(output) - label * output;
    },
  }),
  hinge_loss: ({ margin }) => ({
    objective: 'hinge_loss_objective',
    unscale: same,
    row(outputs, label, slopes) {
      const side = label > 0 ? 1 : -1;
      const short = margin - side * outputs[0]!;
      slopes[0] = short > 0 ? -side : 0;
      return Math.max(0, short);
    },
  }),
  softmax_loss: () => ({
    objective: 'multiclass_cross_entropy_objective',
    unscale: same,
    row(outputs, label, slopes) {
      slopes.set(outputs);
      softmax(slopes);
      const probability = slopes[label]!;
      slopes[label] = probability - 1;
      // A probability that underflowed costs as much as the smallest one a double holds.
      return -Math.log(Math.max(probability, Number.MIN_VALUE));
    },
  }),
};

export const lossOf = ({ loss, lossOptions }: Settings): Loss => losses[loss](lossOptions);

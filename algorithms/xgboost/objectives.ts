/**
 * The objectives the trainer knows: gradient pairs of the loss at the current margins, and how margins become predictions.
 * Formulas are those of XGBoost's `regression_obj` and `multiclass_obj`; everything is rounded to float32 where it rounds.
 */
import { ClientError } from '../algorithm.ts';
import { exponential } from './exponential.ts';
import type { Kernels } from './kernels.ts';

/** What gradients are taken of, beside the margins. */
export interface Target {
  labels: Float32Array;
  scalePosWeight: number;
  kernels: Pick<Kernels, 'logisticPairs'>;
}

/** One margin array per class (group); regression and binary problems have one. */
export type Margins = readonly Float32Array[];

export interface Objective {
  name: string;
  /** Writes gradient and hessian of every row, interleaved, for each group. */
  gradients(margins: Margins, target: Target, pairs: readonly Float32Array[]): void;
  /** Throws ClientError when a label is outside the objective's domain. */
  checkLabels(labels: Float32Array, channel: string, classes: number): void;
  /** base_score, which XGBoost keeps in the space of predictions, as a margin. */
  marginOf(baseScore: number): number;
  /** Margins to what metrics see: probabilities where there are any. In place, `groups` numbers to a row. */
  transform(margins: Float32Array, groups: number): void;
  /** What XGBoost measures when no eval_metric is given. */
  defaultMetric: string;
  /** The name of the parameter block in the model file. */
  parameters: 'reg_loss_param' | 'softmax_multiclass_param' | undefined;
  multiclass: boolean;
  /** Answers the most probable class instead of probabilities. */
  answersClass: boolean;
}

const smallestHessian = Math.fround(1e-16);
const float32Min = 2 ** -126;

const sigmoid = (margins: Float32Array) => {
  for (let row = 0; row < margins.length; row++) margins[row] = 1 / (1 + exponential(-margins[row]!));
};

const squaredGradients = (margins: Float32Array, labels: Float32Array, pairs: Float32Array) => {
  for (let row = 0; row < labels.length; row++) {
    pairs[2 * row] = margins[row]! - labels[row]!;
    pairs[2 * row + 1] = 1;
  }
};

const hingeGradients = (margins: Float32Array, labels: Float32Array, pairs: Float32Array) => {
  for (let row = 0; row < labels.length; row++) {
    const side = labels[row]! * 2 - 1;
    const inside = margins[row]! * side < 1;
    pairs[2 * row] = inside ? -side : 0;
    pairs[2 * row + 1] = inside ? 1 : float32Min;
  }
};

const softmaxGradients = (margins: Margins, labels: Float32Array, pairs: readonly Float32Array[]) => {
  const groups = margins.length;
  const powers = new Float64Array(groups);
  for (let row = 0; row < labels.length; row++) {
    let largest = margins[0]![row]!;
    for (let group = 1; group < groups; group++) largest = Math.max(largest, margins[group]![row]!);
    let sum = 0;
    for (let group = 0; group < groups; group++) {
      powers[group] = exponential(margins[group]![row]! - largest);
      sum += powers[group]!;
    }
    for (let group = 0; group < groups; group++) {
      const probability = Math.fround(powers[group]! / sum);
      pairs[group]![2 * row] = probability - (labels[row] === group ? 1 : 0);
      pairs[group]![2 * row + 1] = Math.max(2 * probability * (1 - probability), smallestHessian);
    }
  }
};

const softmax = (margins: Float32Array, groups: number) => {
  for (let start = 0; start < margins.length; start += groups) {
    const end = start + groups;
    let largest = margins[start]!;
    for (let at = start + 1; at < end; at++) largest = Math.max(largest, margins[at]!);
    let sum = 0;
    for (let at = start; at < end; at++) {
      margins[at] = exponential(margins[at]! - largest);
      sum += margins[at]!;
    }
    for (let at = start; at < end; at++) margins[at]! /= sum;
  }
};

const step = (margins: Float32Array) => {
  for (let row = 0; row < margins.length; row++) margins[row] = margins[row]! > 0 ? 1 : 0;
};

const expectLabels = (labels: Float32Array, channel: string, expected: string, isValid: (label: number) => boolean) => {
  const at = labels.findIndex((label) => !isValid(label));
  if (at >= 0)
    throw new ClientError(`Label ${labels[at]} in row ${at + 1} of the ${channel} channel: expected ${expected}.`);
};

const regression = {
  gradients: (margins, target, pairs) => squaredGradients(margins[0]!, target.labels, pairs[0]!),
  checkLabels: () => {},
  marginOf: (baseScore) => baseScore,
  transform: () => {},
  defaultMetric: 'rmse',
  parameters: 'reg_loss_param',
  multiclass: false,
  answersClass: false,
} satisfies Omit<Objective, 'name'>;

const logistic: Omit<Objective, 'name'> = {
  ...regression,
  gradients: (margins, target, pairs) =>
    target.kernels.logisticPairs(margins[0]!, target.labels, target.scalePosWeight, pairs[0]!),
  checkLabels: (labels, channel) =>
    expectLabels(labels, channel, 'a number from 0 to 1', (label) => label >= 0 && label <= 1),
  marginOf: (baseScore) => {
    if (!(baseScore > 0 && baseScore < 1))
      throw new ClientError(`base_score is ${baseScore}: a logistic objective needs a probability between 0 and 1.`);
    return Math.fround(-Math.log(1 / baseScore - 1));
  },
  transform: sigmoid,
  defaultMetric: 'logloss',
};

const hinge: Omit<Objective, 'name'> = {
  ...regression,
  gradients: (margins, target, pairs) => hingeGradients(margins[0]!, target.labels, pairs[0]!),
  checkLabels: (labels, channel) => expectLabels(labels, channel, '0 or 1', (label) => label === 0 || label === 1),
  transform: step,
  defaultMetric: 'error',
  parameters: undefined,
};

const multiclass: Omit<Objective, 'name'> = {
  ...regression,
  gradients: (margins, target, pairs) => softmaxGradients(margins, target.labels, pairs),
  checkLabels: (labels, channel, classes) =>
    expectLabels(
      labels,
      channel,
      `a class from 0 to ${classes - 1} (num_class is ${classes})`,
      (label) => Number.isInteger(label) && label >= 0 && label < classes,
    ),
  transform: softmax,
  defaultMetric: 'mlogloss',
  parameters: 'softmax_multiclass_param',
  multiclass: true,
};

const table: Readonly<Record<string, Omit<Objective, 'name'>>> = {
  'reg:squarederror': regression,
  'reg:logistic': { ...logistic, defaultMetric: 'rmse' },
  'binary:logistic': logistic,
  // XGBoost takes base_score of this one as it is, in margin space.
  'binary:logitraw': { ...logistic, marginOf: (baseScore) => baseScore, transform: () => {} },
  'binary:hinge': hinge,
  'multi:softmax': { ...multiclass, answersClass: true },
  'multi:softprob': multiclass,
};

/** The objective of that name (`reg:linear` is reg:squarederror's old one); throws ClientError naming the known ones. */
export const objectiveNamed = (name: string): Objective => {
  const known = name === 'reg:linear' ? 'reg:squarederror' : name;
  const found = Object.hasOwn(table, known) ? table[known] : undefined;
  if (!found)
    throw new ClientError(
      `The local trainer does not implement objective=${name}. It knows ${Object.keys(table).join(', ')}; ` +
        'run the pipeline on AWS for the others.',
    );
  return { name: known, ...found };
};

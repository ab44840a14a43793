import type { LabelledCsv } from '../csv.ts';
import type { Candidate } from './candidate.ts';
import { step } from './optimizers.ts';
import { addRowGradient, rowOutputs } from './outputs.ts';
import type { Settings } from './settings.ts';

const weightOf = (classWeights: Float64Array, label: number): number =>
  classWeights.length === 0 ? 1 : classWeights[label]!;

/** One pass over the scaled table in the given order; answers the weighted mean loss seen on the way. */
export const trainEpoch = (
  candidate: Candidate,
  table: LabelledCsv,
  order: Uint32Array,
  settings: Settings,
): number => {
  const { features, labels, columns } = table;
  const { weights, gradient, loss, outputs, variant } = candidate;
  const out = new Float64Array(outputs);
  const slopes = new Float64Array(outputs);
  let lossSum = 0;
  let weightSum = 0;
  for (let start = 0; start < order.length; start += settings.batch) {
    const end = Math.min(order.length, start + settings.batch);
    let batchWeight = 0;
    gradient.fill(0);
    for (let index = start; index < end; index++) {
      const row = order[index]!;
      const label = labels[row]!;
      const weight = weightOf(variant.classWeights, label);
      rowOutputs(weights, features, row * columns, columns, out);
      lossSum += weight * loss.row(out, label, slopes);
      batchWeight += weight;
      addRowGradient(gradient, features, row * columns, columns, slopes, weight);
    }
    weightSum += batchWeight;
    // A batch whose every row weighs nothing has nothing to say.
    if (batchWeight > 0) step(candidate, batchWeight, settings);
  }
  return lossSum / weightSum;
};

/** Raw outputs of every row in scaled space, `rows × outputs`. */
export const tableOutputs = (weights: Float64Array, outputs: number, { rows, columns, features }: LabelledCsv) => {
  const all = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    rowOutputs(weights, features, row * columns, columns, all.subarray(row * outputs, (row + 1) * outputs));
  }
  return all;
};

/** The mean loss of a scaled table under these weights, each row weighted by its class. */
export const tableLoss = (
  { loss, outputs }: Candidate,
  weights: Float64Array,
  classWeights: Float64Array,
  { rows, columns, features, labels }: LabelledCsv,
): number => {
  const out = new Float64Array(outputs);
  const slopes = new Float64Array(outputs);
  let lossSum = 0;
  let weightSum = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    const weight = weightOf(classWeights, label);
    rowOutputs(weights, features, row * columns, columns, out);
    lossSum += weight * loss.row(out, label, slopes);
    weightSum += weight;
  }
  return lossSum / weightSum;
};

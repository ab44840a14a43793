/**
 * The artefact `model_algo-1`. SageMaker's own is an archive of Apache MXNet, which the local trainer neither reads nor writes:
 * this JSON is for the local runtime only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AlgorithmError } from '../algorithm.ts';
import type { Candidate } from './candidate.ts';
import type { Scaler } from './scaler.ts';
import type { LossName, PredictorType } from './settings.ts';

const format = 'sluice-linear-learner';
const fileName = 'model_algo-1';

const grammar = z.object({
  format: z.literal(format),
  formatVersion: z.literal(1),
  predictorType: z.enum(['binary_classifier', 'multiclass_classifier', 'regressor']),
  /** From raw output to score: a probability for `logistic` and `softmax`, the output itself for `identity`. */
  link: z.enum(['identity', 'logistic', 'softmax']),
  /** One row per output, one weight per feature, in units of the raw features and label. */
  weights: z.array(z.array(z.number())).min(1),
  /** One per output. */
  biases: z.array(z.number()),
  /** A binary classifier predicts 1 for a score above it. */
  threshold: z.number().optional(),
});

export type Model = z.infer<typeof grammar>;

const links: Partial<Record<LossName, Model['link']>> = { logistic: 'logistic', softmax_loss: 'softmax' };

export const linkOf = (loss: LossName): Model['link'] => links[loss] ?? 'identity';

/** Folds the scaling into the weights, so that the model answers for raw features in units of the raw label. */
export const foldScaling = (
  { columns, outputs }: Candidate,
  scaled: Float64Array,
  { centre, scale, labelCentre, labelScale }: Scaler,
): Pick<Model, 'weights' | 'biases'> => {
  const width = columns + 1;
  const biases: number[] = [];
  const weights = Array.from({ length: outputs }, (_, output) => {
    const row = [...scaled.subarray(output * width, output * width + columns)].map(
      (weight, column) => (weight * scale[column]!) / labelScale,
    );
    const shift = row.reduce((sum, weight, column) => sum + weight * centre[column]!, 0);
    biases.push(scaled[output * width + columns]! / labelScale + labelCentre - shift);
    return row;
  });
  return { weights, biases };
};

export const createModel = (
  predictorType: PredictorType,
  loss: LossName,
  folded: Pick<Model, 'weights' | 'biases'>,
  threshold: number | undefined,
): Model => ({
  format,
  formatVersion: 1,
  predictorType,
  link: linkOf(loss),
  ...folded,
  ...(threshold === undefined ? {} : { threshold }),
});

export const writeModel = (folder: string, model: Model): void =>
  writeFileSync(join(folder, fileName), JSON.stringify(model));

/** Reads the artefact; AlgorithmError when it is absent or not of the local trainer, such as one trained on AWS. */
export const readModel = (folder: string): Model => {
  const path = join(folder, fileName);
  try {
    return grammar.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new AlgorithmError(
      `${fileName} in the model archive cannot be read: expected the JSON that the local trainer of linear-learner writes. ` +
        "SageMaker's own archive (Apache MXNet) is not supported locally.",
      { cause },
    );
  }
};

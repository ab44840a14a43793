/** Trains the candidates in parallel, epoch by epoch, each until it stops getting better. */
import { setImmediate } from 'node:timers/promises';
import type { TrainingJob } from '../algorithm.ts';
import type { LabelledCsv } from '../csv.ts';
import type { Candidate } from './candidate.ts';
import { tableLoss, trainEpoch } from './epoch.ts';
import { progressLines } from './logLines.ts';
import { randomNumbers, shuffle } from './randomNumbers.ts';
import type { Settings } from './settings.ts';

interface EpochLosses {
  train: number;
  validation: number | undefined;
}

/** Keeps the weights of the best epoch; a loss that improved by less than the tolerance, relatively, counts as idle. */
const judge = (candidate: Candidate, loss: number, { patience, tolerance }: Settings): void => {
  const { best } = candidate;
  // The first epoch improves on nothing: its ratio is Infinity / Infinity.
  const improved = best.loss === Infinity ? loss < Infinity : (best.loss - loss) / Math.abs(best.loss) >= tolerance;
  candidate.idleEpochs = improved ? 0 : candidate.idleEpochs + 1;
  if (loss < best.loss) candidate.best = { loss, weights: candidate.weights.slice() };
  candidate.stopped = candidate.idleEpochs >= patience || !Number.isFinite(loss);
};

const runEpoch = (
  candidate: Candidate,
  train: LabelledCsv,
  validation: LabelledCsv | undefined,
  order: Uint32Array,
  settings: Settings,
): EpochLosses => {
  const trainLoss = trainEpoch(candidate, train, order, settings);
  const { weights, variant } = candidate;
  const validationLoss = validation && tableLoss(candidate, weights, variant.classWeights, validation);
  judge(candidate, validationLoss ?? trainLoss, settings);
  return { train: trainLoss, validation: validationLoss };
};

const lowest = (losses: readonly EpochLosses[]): EpochLosses | undefined =>
  losses.toSorted((a, b) => (a.validation ?? a.train) - (b.validation ?? b.train))[0];

/**
 * Runs up to `epochs` over the scaled tables and logs the losses of the best candidate of each epoch. Early stopping looks at
 * the validation loss, or without that channel at the training loss. Ends early when the job is asked to stop.
 */
export const descend = async (
  candidates: readonly Candidate[],
  train: LabelledCsv,
  validation: LabelledCsv | undefined,
  settings: Settings,
  labelScale: number,
  job: Pick<TrainingJob, 'log' | 'stopping'>,
): Promise<void> => {
  const random = randomNumbers(2);
  const order = Uint32Array.from({ length: train.rows }, (_, row) => row);
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const active = candidates.filter(({ stopped }) => !stopped);
    if (active.length === 0 || job.stopping()) return;
    shuffle(order, random);
    const started = performance.now();
    const losses = active.map((candidate) => runEpoch(candidate, train, validation, order, settings));
    const seconds = (performance.now() - started) / 1000;
    const { loss } = candidates[0]!;
    const best = lowest(losses)!;
    const inLabelUnits = {
      train: loss.unscale(best.train, labelScale),
      validation: best.validation && loss.unscale(best.validation, labelScale),
    };
    const completed = (100 * (epoch + 1)) / settings.epochs;
    for (const line of progressLines(epoch, loss.objective, inLabelUnits, completed, train.rows / seconds))
      job.log(line);
    // Log lines leave a worker thread only between turns of its event loop.
    await setImmediate();
  }
};

/** Picks one of the trained candidates, and for a binary classifier its decision threshold, on the calibration rows. */
import { ClientError } from '../algorithm.ts';
import type { LabelledCsv } from '../csv.ts';
import { calibrate, type Calibration } from './calibration.ts';
import type { Candidate } from './candidate.ts';
import { tableLoss, tableOutputs } from './epoch.ts';
import { sigmoid } from './losses.ts';
import { linkOf } from './model.ts';
import type { Settings } from './settings.ts';

export interface Selected {
  candidate: Candidate;
  /** Of a binary classifier, on its score: a probability for logistic, the margin for hinge_loss. */
  threshold: number | undefined;
}

const unweighted = new Float64Array(0);

const assess = (candidate: Candidate, table: LabelledCsv, settings: Settings): Calibration => {
  const { weights } = candidate.best;
  // Candidates with different weights of the positives can only be compared by a loss that ignores them.
  const classWeights = settings.positiveWeight === 'auto' ? unweighted : candidate.variant.classWeights;
  const loss = tableLoss(candidate, weights, classWeights, table);
  if (settings.predictorType !== 'binary_classifier') return { threshold: 0, value: -loss };
  const outputs = tableOutputs(weights, 1, table);
  const isProbability = linkOf(settings.loss) === 'logistic';
  const scores = isProbability ? outputs.map(sigmoid) : outputs;
  return calibrate(scores, table.labels, isProbability ? 0.5 : 0, settings, loss);
};

/** The best candidate by the selection criterion; ClientError when every one diverged. */
export const select = (candidates: readonly Candidate[], table: LabelledCsv, settings: Settings): Selected => {
  const finite = candidates.filter(({ best, steps }) => steps === 0 || best.loss < Infinity);
  const assessed = finite.map((candidate) => ({ candidate, ...assess(candidate, table, settings) }));
  const [best] = assessed.toSorted((a, b) => b.value - a.value);
  if (!best) {
    throw new ClientError(
      'Training diverged: the loss was not finite after the first epoch. Lower learning_rate or use normalize_data.',
    );
  }
  const binary = settings.predictorType === 'binary_classifier';
  return { candidate: best.candidate, threshold: binary ? best.threshold : undefined };
};

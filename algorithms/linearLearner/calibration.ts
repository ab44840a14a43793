/** The decision threshold of a binary classifier, and how good a candidate is by the selection criterion. */
import type { Criterion, Settings } from './settings.ts';

/** A row is predicted positive when its score is above `threshold`; a higher `value` is a better model. */
export interface Calibration {
  threshold: number;
  value: number;
}

interface Counts {
  truePositives: number;
  falsePositives: number;
  positives: number;
  negatives: number;
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
export const precision = ({ truePositives, falsePositives }: Counts): number =>
  ratio(truePositives, truePositives + falsePositives);
export const recall = ({ truePositives, positives }: Counts): number => ratio(truePositives, positives);
export const accuracy = ({ truePositives, falsePositives, positives, negatives }: Counts): number =>
  ratio(truePositives + negatives - falsePositives, positives + negatives);
export const fBeta = ({ truePositives, falsePositives, positives }: Counts, beta: number): number =>
  ratio((1 + beta ** 2) * truePositives, beta ** 2 * positives + truePositives + falsePositives);

/** A cut that reaches the target always beats one that does not, and of those that do not the nearest is best. */
const atTarget = (reached: number, target: number, value: number): number => (reached >= target ? 1 + value : reached);

const values: Record<Exclude<Criterion, 'loss_function'>, (counts: Counts, settings: Settings) => number> = {
  accuracy,
  f_beta: (counts, { beta }) => fBeta(counts, beta),
  precision_at_target_recall: (counts, { targetRecall }) => atTarget(recall(counts), targetRecall, precision(counts)),
  recall_at_target_precision: (counts, { targetPrecision }) =>
    atTarget(precision(counts), targetPrecision, recall(counts)),
};

/** The counts when every row scored above `threshold` is predicted positive. */
export const countsAt = (scores: Float64Array, labels: Float64Array, threshold: number): Counts => {
  const counts = { truePositives: 0, falsePositives: 0, positives: 0, negatives: 0 };
  for (let row = 0; row < scores.length; row++) {
    const predicted = scores[row]! > threshold ? 1 : 0;
    if (labels[row]! > 0) {
      counts.positives++;
      counts.truePositives += predicted;
    } else {
      counts.negatives++;
      counts.falsePositives += predicted;
    }
  }
  return counts;
};

/** Where to cut between two neighbouring scores: at the natural threshold if it lies there, else half-way. */
const cutBetween = (lower: number, upper: number, natural: number): number => {
  if (lower <= natural && natural < upper) return natural;
  const middle = (lower + upper) / 2;
  // Between adjacent doubles the middle rounds to one of them.
  return middle < upper ? middle : lower;
};

/** Row numbers by falling score. */
export const byFallingScore = (scores: Float64Array): Uint32Array =>
  Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);

/**
 * The best threshold by the criterion over every way to cut the scores; of equally good cuts the one nearest to `natural`.
 * `loss_function` keeps the natural threshold, for its value is the loss of the scores themselves.
 */
export const calibrate = (
  scores: Float64Array,
  labels: Float64Array,
  natural: number,
  settings: Settings,
  loss: number,
): Calibration => {
  const { criterion } = settings;
  if (criterion === 'loss_function') return { threshold: natural, value: -loss };
  const order = byFallingScore(scores);
  const counts = { ...countsAt(scores, labels, Infinity) };
  const top = scores[order[0]!]!;
  let best: Calibration = { threshold: Math.max(natural, top), value: values[criterion](counts, settings) };
  for (let index = 0; index < order.length; index++) {
    const row = order[index]!;
    if (labels[row]! > 0) counts.truePositives++;
    else counts.falsePositives++;
    const score = scores[row]!;
    const next = index + 1 < order.length ? scores[order[index + 1]!]! : Math.min(natural, score - 1);
    if (next === score) continue;
    const threshold = cutBetween(next, score, natural);
    const value = values[criterion](counts, settings);
    const nearer = Math.abs(threshold - natural) < Math.abs(best.threshold - natural);
    if (value > best.value || (value === best.value && nearer)) best = { threshold, value };
  }
  return best;
};

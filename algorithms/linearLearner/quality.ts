/** The metrics that the container prints for a channel once the model is chosen. */
import { accuracy, byFallingScore, countsAt, fBeta, precision, recall } from './calibration.ts';
import type { Settings } from './settings.ts';

/** A metric as the log names it, and whether it is called a loss or a score there. */
export interface Quality {
  name: string;
  kind: 'loss' | 'score';
  value: number;
}

const score = (name: string, value: number): Quality => ({ name, kind: 'score', value });
const loss = (name: string, value: number): Quality => ({ name, kind: 'loss', value });

/** Area under the ROC curve: the chance that a positive outranks a negative, ties counting half; NaN with one class only. */
const rocAuc = (scores: Float64Array, labels: Float64Array): number => {
  const order = byFallingScore(scores);
  let [positives, negatives, area] = [0, 0, 0];
  for (let index = 0; index < order.length;) {
    let [tiedPositives, tiedNegatives] = [0, 0];
    const tied = scores[order[index]!];
    for (; index < order.length && scores[order[index]!] === tied; index++) {
      if (labels[order[index]!]! > 0) tiedPositives++;
      else tiedNegatives++;
    }
    area += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return area / (positives * negatives);
};

/** Of predictions and labels in units of the raw label. */
export const regressionQuality = (predictions: Float64Array, labels: Float64Array): Quality[] => {
  let [squares, absolutes] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const residual = predictions[row]! - labels[row]!;
    squares += residual * residual;
    absolutes += Math.abs(residual);
  }
  const mse = squares / labels.length;
  return [loss('mse', mse), loss('rmse', Math.sqrt(mse)), loss('absolute_loss', absolutes / labels.length)];
};

export const binaryQuality = (
  scores: Float64Array,
  labels: Float64Array,
  threshold: number,
  { beta }: Settings,
): Quality[] => {
  const counts = countsAt(scores, labels, threshold);
  return [
    score('binary_classification_accuracy', accuracy(counts)),
    score(`binary_f_${beta.toFixed(3)}`, fBeta(counts, beta)),
    score('precision', precision(counts)),
    score('recall', recall(counts)),
    score('roc_auc_score', rocAuc(scores, labels)),
  ];
};

interface Ranked {
  predicted: number;
  /** How many classes score higher than the true one. */
  above: number;
}

const rank = (scores: Float64Array, label: number): Ranked => {
  let [predicted, above] = [0, 0];
  for (let index = 0; index < scores.length; index++) {
    if (scores[index]! > scores[predicted]!) predicted = index;
    if (scores[index]! > scores[label]!) above++;
  }
  return { predicted, above };
};

const meanOver = (items: Float64Array, value: (item: number, index: number) => number): number =>
  items.reduce((sum, item, index) => sum + value(item, index), 0) / items.length;

/** Of outputs in rows of `outputs`; macro averages run over the classes that occur in the labels. */
export const multiclassQuality = (
  scores: Float64Array,
  labels: Float64Array,
  { outputs, beta, topK }: Settings,
): Quality[] => {
  const ofClass = Array.from({ length: outputs }, () => ({
    truePositives: 0,
    falsePositives: 0,
    positives: 0,
    negatives: 0,
  }));
  const aboves = labels.map((label, row) => {
    const { predicted, above } = rank(scores.subarray(row * outputs, (row + 1) * outputs), label);
    ofClass[label]!.positives++;
    if (predicted === label) ofClass[label]!.truePositives++;
    else ofClass[predicted]!.falsePositives++;
    return above;
  });
  const present = ofClass.filter(({ positives }) => positives > 0);
  const macro = (value: (counts: (typeof present)[number]) => number): number =>
    present.reduce((sum, counts) => sum + value(counts), 0) / present.length;
  const right = ofClass.reduce((sum, { truePositives }) => sum + truePositives, 0);
  return [
    score('multiclass_accuracy', right / labels.length),
    score(
      `multiclass_top_k_accuracy_${topK}`,
      meanOver(aboves, (above) => (above < topK ? 1 : 0)),
    ),
    score(
      'dcg',
      meanOver(aboves, (above) => 1 / Math.log2(above + 2)),
    ),
    score('macro_recall', macro(recall)),
    score('macro_precision', macro(precision)),
    score(
      `macro_f_${beta.toFixed(3)}`,
      macro((counts) => fBeta(counts, beta)),
    ),
  ];
};

/** Metrics of the classes that were answered. Definitions are scikit-learn's; a division by zero counts as 0. */
import { type Metrics, ratio } from './sample.ts';

/** Rows by class: right answers, actual rows, answers. Fractions and weights are as good as counts. */
export interface Tally {
  hits: Float64Array;
  rows: Float64Array;
  answered: Float64Array;
}

/** `matrix[actual][predicted]`, in rows. */
export const confusion = (labels: Float64Array, predicted: ArrayLike<number>, classes: number): number[][] => {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let row = 0; row < labels.length; row++) matrix[labels[row]!]![predicted[row]!]! += 1;
  return matrix;
};

/** F-measure of one class: recall counts `beta` times as much as precision. */
export const fScore = (hits: number, rows: number, answered: number, beta = 1) =>
  ratio((1 + beta ** 2) * hits, beta ** 2 * rows + answered);

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Accuracy, the mean recall of the classes that are there, and Matthews' correlation (Gorodkin's for more than two). */
export const accuracies = ({ hits, rows, answered }: Tally): Metrics => {
  const [right, all] = [total(hits), total(rows)];
  let [recalls, present, agreement, squaredRows, squaredAnswers] = [0, 0, 0, 0, 0];
  for (let index = 0; index < rows.length; index++) {
    if (rows[index]! > 0) {
      recalls += hits[index]! / rows[index]!;
      present += 1;
    }
    agreement += rows[index]! * answered[index]!;
    squaredRows += rows[index]! ** 2;
    squaredAnswers += answered[index]! ** 2;
  }
  return {
    accuracy: ratio(right, all),
    balancedAccuracy: ratio(recalls, present),
    mcc: ratio(right * all - agreement, Math.sqrt((all ** 2 - squaredRows) * (all ** 2 - squaredAnswers))),
  };
};

/** Averages over the classes that are there or were answered: plain (macro), pooled (micro), by rows (weighted). */
export const averages = ({ hits, rows, answered }: Tally): Metrics => {
  const of = {
    precision: (index: number) => ratio(hits[index]!, answered[index]!),
    recall: (index: number) => ratio(hits[index]!, rows[index]!),
    f1: (index: number) => fScore(hits[index]!, rows[index]!, answered[index]!),
  };
  const all = total(rows);
  const average: Metrics = {};
  for (const [metric, measured] of Object.entries(of)) {
    let [sum, weighted, seen] = [0, 0, 0];
    for (let index = 0; index < rows.length; index++) {
      if (!(rows[index]! + answered[index]! > 0)) continue;
      const value = measured(index);
      sum += value;
      weighted += value * rows[index]!;
      seen += 1;
    }
    average[`${metric}Macro`] = ratio(sum, seen);
    // With one answer per row the pooled precision, recall and F1 are all the accuracy.
    average[`${metric}Micro`] = ratio(total(hits), all);
    average[`${metric}Weighted`] = ratio(weighted, all);
  }
  return average;
};

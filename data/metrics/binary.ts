import { equalBins } from './bins.ts';
import { accuracies, fScore } from './classes.ts';
import { ascending, runEnds } from './order.ts';
import { clip, type Metrics, ratio, type Sample } from './sample.ts';

/** Bins of the expected calibration error, of equal rows. */
export const calibrationBins = 10;

/** What a replicate walks through: rows by descending score. */
interface Ranked {
  order: Int32Array;
  ends: Int32Array;
  positive: Uint8Array;
  score: Float64Array;
  loss: Float64Array;
  bin: Uint8Array;
  /** So many rows have a score of the threshold or more. */
  cut: number;
}

const ranked = (labels: Float64Array, scores: Float64Array, threshold: number): Ranked => {
  const up = ascending(scores);
  const bin = equalBins(runEnds(scores, up), calibrationBins).reverse();
  const order = up.reverse();
  const ends = runEnds(scores, order);
  const positive = new Uint8Array(order.length);
  const [score, loss] = [new Float64Array(order.length), new Float64Array(order.length)];
  let cut = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    positive[at] = labels[row]!;
    score[at] = scores[row]!;
    loss[at] = -Math.log(clip(positive[at] ? score[at]! : 1 - score[at]!));
    if (score[at]! >= threshold) cut += 1;
  }
  return { order, ends, positive, score, loss, bin, cut };
};

/**
 * Metrics of P(class 1); a row is answered with class 1 from `threshold` on. `auc`, `prAuc` and `ks` are absent when only one
 * class is there. A replicate keeps the calibration bins of the whole sample.
 */
export const binarySample = (labels: Float64Array, scores: Float64Array, threshold: number): Sample => {
  const sample = ranked(labels, scores, threshold);
  const every = new Float64Array(labels.length).fill(1);
  return { measure: (weights = every) => measured(sample, weights) };
};

const measured = (sample: Ranked, weights: Float64Array): Metrics => {
  const { order, ends, positive, cut } = sample;
  let [positives, all] = [0, 0];
  for (let at = 0; at < order.length; at++) {
    const weight = weights[order[at]!]!;
    all += weight;
    if (positive[at]) positives += weight;
  }
  const negatives = all - positives;
  let [above, below, area, precision, gap, truePositives, falsePositives, start] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let run = 0; run < ends.length; run++) {
    const end = ends[run]!;
    let [hits, misses] = [0, 0];
    for (let at = start; at < end; at++) {
      if (positive[at]) hits += weights[order[at]!]!;
      else misses += weights[order[at]!]!;
    }
    // Rows of one score are one step of the curve: half of their pairs count for the area.
    area += misses * (above + hits / 2);
    above += hits;
    below += misses;
    if (hits > 0) precision += (hits * above) / (above + below);
    const distance = above * negatives - below * positives;
    if (distance > gap) gap = distance;
    else if (-distance > gap) gap = -distance;
    if (end === cut) [truePositives, falsePositives] = [above, below];
    start = end;
  }
  const answered = truePositives + falsePositives;
  return {
    ...accuracies({
      hits: Float64Array.of(negatives - falsePositives, truePositives),
      rows: Float64Array.of(negatives, positives),
      answered: Float64Array.of(all - answered, answered),
    }),
    precision: ratio(truePositives, answered),
    recall: ratio(truePositives, positives),
    specificity: ratio(negatives - falsePositives, negatives),
    f1: fScore(truePositives, positives, answered),
    ...(positives > 0 &&
      negatives > 0 && {
        auc: area / (positives * negatives),
        prAuc: precision / positives,
        ks: gap / (positives * negatives),
      }),
    ...losses(sample, weights, all),
  };
};

const losses = ({ order, positive, score, loss, bin }: Ranked, weights: Float64Array, all: number): Metrics => {
  let [logloss, squares] = [0, 0];
  const excess = new Float64Array(calibrationBins);
  for (let at = 0; at < order.length; at++) {
    const weight = weights[order[at]!]!;
    if (weight === 0) continue;
    const error = score[at]! - positive[at]!;
    logloss += weight * loss[at]!;
    squares += weight * error * error;
    excess[bin[at]!]! += weight * error;
  }
  return {
    logloss: logloss / all,
    brier: squares / all,
    ece: excess.reduce((sum, it) => sum + Math.abs(it), 0) / all,
  };
};

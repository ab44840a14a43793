import { accuracies, averages, type Tally } from './classes.ts';
import { ranking } from './ranking.ts';
import { clip, type Metrics, type Sample } from './sample.ts';

/** How many guesses a row has in `top3Accuracy` and `top5Accuracy`. */
const guesses = [3, 5] as const;

/** The most probable class of each row, the first of equals. `scores` hold `classes` probabilities per row. */
export const mostProbable = (scores: Float64Array, classes: number): Int32Array => {
  const predicted = new Int32Array(scores.length / classes);
  for (let row = 0; row < predicted.length; row++) {
    let best = 0;
    for (let index = 1; index < classes; index++)
      if (scores[row * classes + index]! > scores[row * classes + best]!) best = index;
    predicted[row] = best;
  }
  return predicted;
};

/**
 * Metrics of one probability per class and row, row after row. `auc` is the mean over the classes that can be ranked, each
 * against the rest; `top3Accuracy` and `top5Accuracy` are there when there are more classes than guesses.
 */
export const multiclassSample = (labels: Float64Array, scores: Float64Array, classes: number): Sample => {
  const predicted = mostProbable(scores, classes);
  const loss = losses(labels, scores, classes);
  const place = places(labels, scores, classes);
  const areas = meanArea(labels, scores, classes);
  const every = new Float64Array(labels.length).fill(1);
  return {
    measure(weights = every): Metrics {
      const tally: Tally = {
        hits: new Float64Array(classes),
        rows: new Float64Array(classes),
        answered: new Float64Array(classes),
      };
      const within = new Float64Array(guesses.length);
      let [all, logloss, moved] = [0, 0, 0];
      for (let row = 0; row < labels.length; row++) {
        const weight = weights[row]!;
        if (weight === 0) continue;
        const label = labels[row]!;
        all += weight;
        logloss += weight * loss[row]!;
        if (areas) moved += weight * areas.influence[row]!;
        tally.rows[label]! += weight;
        tally.answered[predicted[row]!]! += weight;
        if (predicted[row] === label) tally.hits[label]! += weight;
        for (let index = 0; index < guesses.length; index++)
          if (place[row]! < guesses[index]!) within[index]! += weight;
      }
      const metrics: Metrics = { ...accuracies(tally), ...averages(tally), logloss: logloss / all };
      for (const [index, k] of guesses.entries()) if (classes > k) metrics[`top${k}Accuracy`] = within[index]! / all;
      if (areas && tally.rows.filter((rows) => rows > 0).length > 1)
        metrics['auc'] = Math.min(1, Math.max(0, areas.auc + moved / all));
      return metrics;
    },
  };
};

const losses = (labels: Float64Array, scores: Float64Array, classes: number): Float64Array => {
  const loss = new Float64Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    let total = 0;
    for (let index = 0; index < classes; index++) total += clip(scores[row * classes + index]!);
    loss[row] = -Math.log(clip(scores[row * classes + labels[row]!]!) / total);
  }
  return loss;
};

/** Before how many other classes the actual one comes in each row; of equals the last comes first, as in scikit-learn. */
const places = (labels: Float64Array, scores: Float64Array, classes: number): Int32Array => {
  const place = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    const own = scores[row * classes + label]!;
    let before = 0;
    for (let index = 0; index < classes; index++) {
      const other = scores[row * classes + index]!;
      if (other > own || (other === own && index > label)) before += 1;
    }
    place[row] = before;
  }
  return place;
};

/**
 * The mean area with each row's influence on it. Ranking anew in each replicate would cost classes × rows, so replicates move
 * the mean along its linear part, which is what DeLong's variance rests on.
 */
const meanArea = (labels: Float64Array, scores: Float64Array, classes: number) => {
  const rows = labels.length;
  const influence = new Float64Array(rows);
  const positive = new Uint8Array(rows);
  const column = new Float64Array(rows);
  let [sum, rankable] = [0, 0];
  for (let index = 0; index < classes; index++) {
    for (let row = 0; row < rows; row++) {
      positive[row] = labels[row] === index ? 1 : 0;
      column[row] = scores[row * classes + index]!;
    }
    const ranked = ranking(positive, column);
    if (!ranked) continue;
    sum += ranked.auc;
    rankable += 1;
    for (let row = 0; row < rows; row++)
      influence[row]! +=
        (ranked.placements[row]! - ranked.auc) * (rows / (positive[row] ? ranked.positives : ranked.negatives));
  }
  if (rankable === 0) return undefined;
  for (let row = 0; row < rows; row++) influence[row]! /= rankable;
  return { auc: sum / rankable, influence };
};

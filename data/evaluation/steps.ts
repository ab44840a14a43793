/** The answers of two classes from the highest score down: what would be right and wrong if the line were drawn here. */
import { ascending, runEnds } from '../metrics/order.ts';

/** One entry per different score, descending; every row with this score or more is answered with class 1. */
export interface Steps {
  score: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
  positives: number;
  negatives: number;
}

/** `up`: `ascending(scores)`, where it is at hand. */
export const stepsOf = (labels: Float64Array, scores: Float64Array, up = ascending(scores)): Steps => {
  const order = up.toReversed();
  const ends = runEnds(scores, order);
  const [score, truePositives, falsePositives] = [0, 0, 0].map(() => new Float64Array(ends.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [at, positives] = [0, 0];
  for (let step = 0; step < ends.length; step++) {
    for (; at < ends[step]!; at++) positives += labels[order[at]!]!;
    score[step] = scores[order[at - 1]!]!;
    truePositives[step] = positives;
    falsePositives[step] = at - positives;
  }
  return { score, truePositives, falsePositives, positives, negatives: labels.length - positives };
};

/**
 * Which rows a bootstrap looks at and how often. Up to `maxRows` rows it is the ordinary one: n rows drawn with replacement.
 * Of more, it keeps a random part in which every class is represented: of the n rows of a class m are kept, each stands for
 * n/m, and its weight is a draw from Poisson(n/m). Mean and variance of the weights of a class are then those of the ordinary
 * bootstrap on all rows, so intervals keep their width, and a rare class keeps every row that it has. Of numbers, the rows with
 * the largest errors are such a class (bootstrap.ts).
 */
import type { Answers } from '../metrics.ts';
import { widthOf } from '../metrics.ts';
import { poisson, randomWords, wordShare } from './random.ts';

export interface Resampling {
  /** The rows that are kept, ascending. */
  rows: Int32Array;
  /** For how many rows each of them stands. */
  stands: Float64Array;
  /** Fills `weights`, one per kept row, for the next replicate. */
  draw(weights: Float64Array): void;
}

/** Rows above which a bootstrap keeps a part: the width of its intervals then errs by about 1 %, less than 1,000 replicates do. */
export const defaultMaxRows = 20_000;

/** `classes`: the class of each row, by which a large sample is divided; without, it is one. */
export const resampling = (
  rows: number,
  { seed, maxRows = defaultMaxRows, classes }: { seed: number; maxRows?: number; classes?: Float64Array },
): Resampling => {
  const words = randomWords(seed);
  const scale = rows * wordShare;
  if (rows > maxRows) return part(rows, maxRows, classes ?? new Float64Array(rows), words);
  return {
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    stands: new Float64Array(rows).fill(1),
    draw(weights) {
      weights.fill(0);
      for (let drawn = 0; drawn < rows; drawn++) weights[(words() * scale) >>> 0]! += 1;
    },
  };
};

const part = (rows: number, maxRows: number, classes: Float64Array, words: () => number): Resampling => {
  const left = new Float64Array(classes.reduce((most, it) => Math.max(most, it), 0) + 1);
  for (const label of classes) left[label]! += 1;
  const present = left.filter((count) => count > 0).length;
  // Half of the places by size, half evenly, so that neither a rare nor a frequent class is poorly known.
  const wanted = left.map((count) => Math.min(count, Math.ceil((maxRows / 2) * (count / rows + 1 / present))));
  const each = left.map((count, label) => (count === 0 ? 1 : count / wanted[label]!));
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    const label = classes[row]!;
    if (words() * wordShare * left[label]! < wanted[label]!) {
      kept.push(row);
      wanted[label]! -= 1;
    }
    left[label]! -= 1;
  }
  const draws = Array.from(each, (mean) => poisson(mean, words));
  const drawOf = kept.map((row) => draws[classes[row]!]!);
  return {
    rows: Int32Array.from(kept),
    stands: Float64Array.from(kept, (row) => each[classes[row]!]!),
    draw(weights) {
      for (let at = 0; at < drawOf.length; at++) weights[at] = drawOf[at]!();
    },
  };
};

/** The answers for some of the rows. */
export const pick = (answers: Answers, rows: Int32Array): Answers => {
  const width = widthOf(answers);
  const labels = new Float64Array(rows.length);
  const scores = new Float64Array(rows.length * width);
  for (let at = 0; at < rows.length; at++) {
    labels[at] = answers.labels[rows[at]!]!;
    for (let index = 0; index < width; index++) scores[at * width + index] = answers.scores[rows[at]! * width + index]!;
  }
  return { ...answers, labels, scores };
};

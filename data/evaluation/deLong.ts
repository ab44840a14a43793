/** DeLong's test: areas under ROC curves of models on the same rows, with their covariance. O(n log n). */
import { ranking, type Ranking } from '../metrics/ranking.ts';

/** Areas, and the covariance matrix of their estimates. */
export interface Areas {
  aucs: number[];
  covariance: number[][];
}

/** `undefined` when either class has fewer than two rows: the variance is then not defined. */
export const deLong = (labels: Float64Array, scores: readonly Float64Array[]): Areas | undefined => {
  const positive = Uint8Array.from(labels);
  const rankings = scores.flatMap((own) => ranking(positive, own) ?? []);
  const [first] = rankings;
  if (!first || first.positives < 2 || first.negatives < 2) return undefined;
  return {
    aucs: rankings.map(({ auc }) => auc),
    covariance: rankings.map((a) => rankings.map((b) => covariance(positive, a, b))),
  };
};

const covariance = (positive: Uint8Array, a: Ranking, b: Ranking): number => {
  const sums = [0, 0];
  for (let row = 0; row < positive.length; row++)
    sums[positive[row]!]! += (a.placements[row]! - a.auc) * (b.placements[row]! - b.auc);
  const [negatives = 0, positives = 0] = sums;
  return positives / (a.positives - 1) / a.positives + negatives / (a.negatives - 1) / a.negatives;
};

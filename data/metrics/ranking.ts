/** The area under the ROC curve with what each row contributes to it (DeLong, DeLong & Clarke-Pearson 1988). */
import { ascending, runEnds } from './order.ts';

export interface Ranking {
  auc: number;
  /**
   * Of a positive row: the share of negatives that it outranks; of a negative row: the share of positives that outrank it.
   * Ties count half. The mean over either class is the area.
   */
  placements: Float64Array;
  positives: number;
  negatives: number;
}

/**
 * Placements of every row in O(n log n), as Sun & Xu (2014) compute them from midranks. `positive[row]` is 1 or 0.
 * `undefined` when only one class is there, for which there is no area.
 */
export const ranking = (positive: Uint8Array, scores: Float64Array): Ranking | undefined => {
  const positives = positive.reduce((sum, it) => sum + it, 0);
  const negatives = positive.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const order = ascending(scores);
  const placements = new Float64Array(scores.length);
  let [start, positivesBelow, negativesBelow, area] = [0, 0, 0, 0];
  for (const end of runEnds(scores, order)) {
    let hits = 0;
    for (let at = start; at < end; at++) hits += positive[order[at]!]!;
    const misses = end - start - hits;
    const outranks = (negativesBelow + misses / 2) / negatives;
    const outranked = (positives - positivesBelow - hits / 2) / positives;
    for (let at = start; at < end; at++) placements[order[at]!] = positive[order[at]!] ? outranks : outranked;
    area += hits * (negativesBelow + misses / 2);
    positivesBelow += hits;
    negativesBelow += misses;
    start = end;
  }
  return { auc: area / (positives * negatives), placements, positives, negatives };
};

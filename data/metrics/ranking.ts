/** Metrics of the order that scores put rows in; ties are handled exactly. O(n log n). */

/** Area under the ROC curve and average precision; `undefined` when only one class is there, for which neither is defined. */
export const ranking = (positive: (row: number) => boolean, scores: Float64Array) => {
  const order = Int32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  let positives = 0;
  for (let row = 0; row < scores.length; row++) if (positive(row)) positives += 1;
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  let [above, below, area, precision] = [0, 0, 0, 0];
  for (let at = 0; at < order.length;) {
    const score = scores[order[at]!];
    let [hits, misses] = [0, 0];
    // Rows of one score are one step of the curve: half of their pairs count for the area.
    for (; at < order.length && scores[order[at]!] === score; at++) {
      if (positive(order[at]!)) hits += 1;
      else misses += 1;
    }
    area += misses * (above + hits / 2);
    above += hits;
    below += misses;
    precision += (hits / positives) * (above / (above + below));
  }
  return { auc: area / (positives * negatives), prAuc: precision };
};

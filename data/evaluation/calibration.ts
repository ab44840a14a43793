import { equalBins } from '../metrics/bins.ts';
import { calibrationBins } from '../metrics/binary.ts';
import { ascending, runEnds } from '../metrics/order.ts';
import type { Calibration } from '../../spec/evaluation.ts';
import { normalQuantile } from './distributions.ts';

/**
 * Do probabilities mean what they say? Ten bins of equal rows (rows of one score stay together, so there may be fewer), the
 * expected calibration error over them, and the Brier score in its parts (Murphy 1973; `withinBins` is what binning hides).
 * `order`: `ascending(scores)`, where it is at hand.
 */
export const calibration = (labels: Float64Array, scores: Float64Array, order = ascending(scores)): Calibration => {
  const bin = equalBins(runEnds(scores, order), calibrationBins);
  const rows = labels.length;
  const rate = labels.reduce((sum, label) => sum + label, 0) / rows;
  const bins: Calibration['bins'] = [];
  let [ece, reliability, resolution, squares] = [0, 0, 0, 0];
  for (let start = 0; start < rows;) {
    let [end, positives, sum] = [start, 0, 0];
    for (; end < rows && bin[end] === bin[start]; end++) {
      const row = order[end]!;
      positives += labels[row]!;
      sum += scores[row]!;
      squares += (scores[row]! - labels[row]!) ** 2;
    }
    const count = end - start;
    const [own, meanScore] = [positives / count, sum / count];
    bins.push({
      from: scores[order[start]!]!,
      to: scores[order[end - 1]!]!,
      rows: count,
      meanScore,
      rate: own,
      ...wilson(own, count),
    });
    ece += (count / rows) * Math.abs(meanScore - own);
    reliability += (count / rows) * (meanScore - own) ** 2;
    resolution += (count / rows) * (own - rate) ** 2;
    start = end;
  }
  const uncertainty = rate * (1 - rate);
  const brier = squares / rows;
  const withinBins = brier - (reliability - resolution + uncertainty);
  return { bins, ece, brier, reliability, resolution, uncertainty, withinBins };
};

/** Wilson's score interval of a share, at 95 %. */
export const wilson = (share: number, rows: number): { lower: number; upper: number } => {
  const z = normalQuantile(0.975);
  const centre = (share + z ** 2 / (2 * rows)) / (1 + z ** 2 / rows);
  const reach = (z / (1 + z ** 2 / rows)) * Math.sqrt((share * (1 - share)) / rows + z ** 2 / (4 * rows ** 2));
  return { lower: Math.max(0, centre - reach), upper: Math.min(1, centre + reach) };
};

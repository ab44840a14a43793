import { ascending } from '../metrics/order.ts';
import type { Residuals } from '../../spec/evaluation.ts';
import { quantile } from './bootstrap.ts';

const bins = 40;
const mostPoints = 500;
/** The largest residuals are shown whatever happens. */
const largest = 20;

/** Histogram of label minus prediction, and the residual over the prediction for at most 500 rows, by ascending prediction. */
export const residualsOf = (labels: Float64Array, scores: Float64Array): Residuals => {
  const residual = labels.map((label, row) => label - scores[row]!);
  const order = ascending(scores);
  const chosen = new Set(ascending(residual.map((it) => -Math.abs(it))).subarray(0, largest));
  const places = Math.min(order.length, mostPoints - largest);
  for (let place = 0; place < places; place++) chosen.add(order[Math.floor(((place + 0.5) * order.length) / places)]!);
  const points = [...chosen].sort((a, b) => scores[a]! - scores[b]! || a - b);
  return {
    histogram: histogram(residual),
    predicted: points.map((row) => scores[row]!),
    residual: points.map((row) => residual[row]!),
  };
};

/** Equal bins over the middle 99 %, so that a few outliers do not squeeze all others into one. */
const histogram = (values: Float64Array): Residuals['histogram'] => {
  const sorted = values.slice().sort();
  const [low, high] = [quantile(sorted, 0.005), quantile(sorted, 0.995)];
  const width = (high - low) / bins;
  if (!(width > 0)) return { edges: [low, high], counts: [values.length] };
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)))]! += 1;
  return { edges: Array.from({ length: bins + 1 }, (_, edge) => low + edge * width), counts };
};

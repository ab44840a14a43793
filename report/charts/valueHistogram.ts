import type { NumericProfile } from '../../data/profile/schema.ts';
import { markup, type Markup } from '../markup.ts';
import { count, figure, percent, place } from '../numbers.ts';

const bars = 24;
const [width, height] = [240, 56];

/**
 * The values of a numeric column in equal bars over its middle 98 %, so that a few outliers do not squeeze all others into one.
 * The profile's bins hold equal numbers of rows; each spreads its rows evenly over its width.
 */
export const valueHistogram = (column: NumericProfile): Markup => {
  const { edges, counts } = column.histogram;
  if (edges.length === 0) return markup``;
  const { from, to } = rangeOf(column);
  const heights = spread(column, from, to);
  const tallest = heights.reduce((a, b) => Math.max(a, b), 0);
  const rows = counts.reduce((sum, own) => sum + own, 0);
  const step = width / bars;
  const path = heights.map((own, index) => {
    const up = place(Math.max(own > 0 ? 1 : 0, (own / (tallest || 1)) * (height - 4)));
    return up > 0 ? `M${place(index * step)} ${height}v${-up}h${place(step - 1)}v${up}z` : '';
  });
  const shown = `Histogram of ${count(rows)} values from ${figure(from)} to ${figure(to)}; the tallest bar holds ${percent(tallest / (rows || 1))}`;
  return markup`<svg class="histogram" role="img" aria-label="${shown}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><path class="bar" d="${path.join('')}"/></svg><p class="ends"><span>${figure(from)}</span><span>${figure(to)}</span></p>`;
};

const rangeOf = ({ min, max, quantiles, histogram: { edges } }: NumericProfile) => {
  const [least, most] = [min ?? edges[0] ?? 0, max ?? edges.at(-1) ?? 1];
  const [low, high] = [quantiles?.p01 ?? least, quantiles?.p99 ?? most];
  return high > low ? { from: low, to: high } : most > least ? { from: least, to: most } : { from: least, to: least };
};

const spread = ({ min, distinct, histogram: { edges, counts } }: NumericProfile, from: number, to: number) => {
  const heights = Array.from({ length: bars }, () => 0);
  const scale = to > from ? bars / (to - from) : 0;
  const barOf = (value: number) => Math.min(bars - 1, Math.max(0, Math.floor((value - from) * scale)));
  // With a bin for each value an edge is all that its bin holds.
  const exact = distinct <= edges.length;
  let before = min ?? edges[0] ?? 0;
  for (const [index, edge] of edges.entries()) {
    const own = counts[index] ?? 0;
    const [first, last] = exact ? [barOf(edge), barOf(edge)] : [barOf(before), barOf(edge)];
    for (let bar = first; bar <= last; bar++) {
      const left = bar === first ? before : from + bar / scale;
      const right = bar === last ? edge : from + (bar + 1) / scale;
      heights[bar]! += first === last ? own : (own * Math.max(0, right - left)) / (edge - before);
    }
    before = edge;
  }
  return heights;
};

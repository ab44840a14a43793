import type { Decile } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { percent } from '../numbers.ts';
import { line, plot, unit } from './plot.ts';

/** Share of the positive rows that is found when the rows with the highest scores are looked at first. */
export const gainChart = (deciles: readonly Decile[]): Markup => {
  const shares = [0, ...deciles.map((_, index) => (index + 1) / deciles.length)];
  const gains = [0, ...deciles.map(({ gain }) => gain)];
  return plot({
    id: 'gain',
    title: 'Cumulative gain',
    description: `Looking at the tenth of the rows with the highest scores finds ${percent(gains[1] ?? 0)} of the positive rows, at two tenths ${percent(gains[2] ?? 0)}.`,
    x: unit('Share of rows, highest scores first'),
    y: unit('Share of positive rows found'),
    marks: (scale) => [
      markup`<path class="chance" d="${line([0, 1], [0, 1], scale)}"/>`,
      markup`<path class="line" d="${line(shares, gains, scale)}"/>`,
      ...shares
        .slice(1)
        .map(
          (share, index) =>
            markup`<circle class="dot" cx="${scale.x(share)}" cy="${scale.y(gains[index + 1] ?? 0)}" r="3"/>`,
        ),
    ],
  });
};

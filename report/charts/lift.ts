import type { Decile } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { figure } from '../numbers.ts';
import { around, line, plot } from './plot.ts';

/** How many times as many positive rows each tenth holds as the average. */
export const liftChart = (deciles: readonly Decile[]): Markup =>
  plot({
    id: 'lift',
    title: 'Lift by tenths',
    description: `The tenth with the highest scores holds ${figure(deciles[0]?.lift ?? 0)} times as many positive rows as the average, the last ${figure(deciles.at(-1)?.lift ?? 0)}.`,
    x: {
      label: 'Tenth of the rows, highest scores first',
      from: 0.5,
      to: deciles.length + 0.5,
      ticks: deciles.map((_, index) => index + 1),
    },
    y: around(
      'Lift',
      deciles.map(({ lift }) => lift),
      true,
    ),
    marks: (scale) => [
      ...deciles.map(({ lift }, index) => {
        const [from, to] = [scale.x(index + 0.6), scale.x(index + 1.4)];
        return markup`<path class="bar" d="M${from} ${scale.floor}V${scale.y(lift)}H${to}V${scale.floor}z"/>`;
      }),
      markup`<path class="chance" d="${line([0.5, deciles.length + 0.5], [1, 1], scale)}"/>`,
    ],
  });

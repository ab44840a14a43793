import type { Residuals } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { count, figure } from '../numbers.ts';
import { around, plot } from './plot.ts';

/** How often the model is off by how much. */
export const residualHistogram = ({ edges, counts }: Residuals['histogram']): Markup => {
  const [low = 0, high = 1] = [edges[0], edges.at(-1)];
  const rows = counts.reduce((sum, own) => sum + own, 0);
  return plot({
    id: 'residual-histogram',
    title: 'Residuals',
    description: `${count(rows)} residuals (label minus prediction), nearly all from ${figure(low)} to ${figure(high)}; the outermost bars hold what lies beyond.`,
    x: around('Label minus prediction', [low, high]),
    y: around('Rows', counts, true),
    marks: (scale) => [
      ...counts.map((own, index) => {
        const [from, to] = [scale.x(edges[index] ?? low), scale.x(edges[index + 1] ?? high)];
        return own === 0
          ? markup``
          : markup`<path class="bar" d="M${from} ${scale.floor}V${scale.y(own)}H${Math.max(to - 0.6, from + 1)}V${scale.floor}z"/>`;
      }),
      low < 0 && high > 0 ? markup`<path class="chance" d="M${scale.x(0)} ${scale.top}V${scale.floor}"/>` : markup``,
    ],
  });
};

import type { Residuals } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { count, figure } from '../numbers.ts';
import { around, line, plot } from './plot.ts';

/** Residual over prediction: a funnel or a bend here is something that the model has not learned. */
export const residualScatter = ({ predicted, residual }: Residuals): Markup => {
  const x = around('Prediction', predicted);
  const y = around('Label minus prediction', residual, true);
  const largest = residual.reduce((worst, own) => (Math.abs(own) > Math.abs(worst) ? own : worst), 0);
  return plot({
    id: 'residual-scatter',
    title: 'Residual against prediction',
    description: `${count(predicted.length)} rows; the largest residual shown is ${figure(largest)}.`,
    x,
    y,
    marks: (scale) => [
      markup`<path class="chance" d="${line([x.from, x.to], [0, 0], scale)}"/>`,
      // One path of dots: five hundred elements would be slow on a phone.
      markup`<path class="cloud" d="${predicted.map((value, index) => `M${scale.x(value)} ${scale.y(residual[index] ?? 0)}h0`).join('')}"/>`,
    ],
  });
};

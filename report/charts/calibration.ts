import type { Calibration } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { figure } from '../numbers.ts';
import { line, plot, unit } from './plot.ts';

/** Share of class 1 over the mean score of each bin, with its interval; a calibrated model lies on the diagonal. */
export const calibrationChart = ({ bins, ece, brier }: Calibration): Markup =>
  plot({
    id: 'calibration',
    title: 'Calibration',
    description: `Share of positive rows over the mean score in ${bins.length} bins. On average they are ${figure(ece)} apart (expected calibration error); the Brier score is ${figure(brier)}.`,
    x: unit('Mean score'),
    y: unit('Share of positive rows'),
    marks: (scale) => [
      markup`<path class="chance" d="${line([0, 1], [0, 1], scale)}"/>`,
      markup`<path class="line thin" d="${line(
        bins.map(({ meanScore }) => meanScore),
        bins.map(({ rate }) => rate),
        scale,
      )}"/>`,
      ...bins.map(
        ({ meanScore, rate, lower, upper }) =>
          markup`<path class="whisker" d="M${scale.x(meanScore)} ${scale.y(lower)}V${scale.y(upper)}"/><circle class="dot" cx="${scale.x(meanScore)}" cy="${scale.y(rate)}" r="4"/>`,
      ),
    ],
  });

import type { ThresholdChoice } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { figure } from '../numbers.ts';
import { line, plot, unit } from './plot.ts';

/** Precision, recall and F1 of every threshold, with a line at the chosen one. */
export const thresholdChart = ({ threshold, metrics, curve }: ThresholdChoice): Markup =>
  plot({
    id: 'threshold',
    title: 'Other thresholds',
    description: `Precision, recall and f1 on the validation rows over the threshold. At the chosen one, ${figure(threshold)}, precision is ${figure(metrics['precision'] ?? 0)}, recall ${figure(metrics['recall'] ?? 0)} and f1 ${figure(metrics['f1'] ?? 0)}.`,
    x: unit('Threshold'),
    y: unit('Precision, recall, f1'),
    marks: (scale) => [
      markup`<path class="chance" d="${line(curve.threshold, curve.f1, scale)}"/>`,
      markup`<path class="line champion" d="${line(curve.threshold, curve.recall, scale)}"/>`,
      markup`<path class="line" d="${line(curve.threshold, curve.precision, scale)}"/>`,
      markup`<path class="whisker" d="M${scale.x(Math.min(1, threshold))} ${scale.top}V${scale.floor}"/>`,
    ],
  });

import type { Curve } from '../../spec/evaluation.ts';
import type { Markup } from '../markup.ts';
import { figure, percent } from '../numbers.ts';
import { curveChart, pointAt } from './curve.ts';

interface Roc {
  roc: Curve;
  champion?: Curve | undefined;
  auc?: number | undefined;
  threshold?: number | undefined;
}

/** Rows of class 1 found against rows of class 0 taken for it, at every threshold. */
export const rocChart = ({ roc, champion, auc, threshold }: Roc): Markup => {
  const point = threshold === undefined ? undefined : pointAt(roc, threshold);
  const area = auc === undefined ? '' : ` The area under the curve is ${figure(auc)}; guessing gives 0.5.`;
  const chosen = point
    ? ` At the threshold ${percent(point.y)} of the positive rows are found and ${percent(point.x)} of the negative rows are taken for positive.`
    : '';
  return curveChart({
    id: 'roc',
    title: 'ROC curve',
    description: `True positive rate over false positive rate.${area}${chosen}`,
    x: 'False positive rate',
    y: 'True positive rate',
    curve: roc,
    champion,
    chance: [0, 1],
    threshold,
  });
};

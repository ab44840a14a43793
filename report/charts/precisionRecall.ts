import type { Curve } from '../../spec/evaluation.ts';
import type { Markup } from '../markup.ts';
import { figure, percent } from '../numbers.ts';
import { curveChart, pointAt } from './curve.ts';

interface PrecisionRecall {
  curve: Curve;
  champion?: Curve | undefined;
  area?: number | undefined;
  /** The precision of answering always with class 1. */
  prevalence: number;
  threshold?: number | undefined;
}

/** How many of the rows answered with class 1 are of it, against how many of it are found. */
export const precisionRecallChart = ({ curve, champion, area, prevalence, threshold }: PrecisionRecall): Markup => {
  const point = threshold === undefined ? undefined : pointAt(curve, threshold);
  const under = area === undefined ? '' : ` The area under the curve is ${figure(area)};`;
  const chosen = point ? ` At the threshold precision is ${percent(point.y)} and recall ${percent(point.x)}.` : '';
  return curveChart({
    id: 'precision-recall',
    title: 'Precision-recall curve',
    description: `Precision over recall.${under} guessing gives a precision of ${percent(prevalence)}.${chosen}`,
    x: 'Recall',
    y: 'Precision',
    curve,
    champion,
    chance: [prevalence, prevalence],
    threshold,
  });
};

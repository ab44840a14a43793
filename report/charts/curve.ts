/** A curve of rates against rates, with the champion's beneath it and the point of the threshold on it. */
import type { Curve } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { line, plot, unit, type Scale } from './plot.ts';

export interface CurveChart {
  id: string;
  title: string;
  description: string;
  x: string;
  y: string;
  curve: Curve;
  champion?: Curve | undefined;
  /** What knowing nothing gives: from its left to its right end. */
  chance: readonly [from: number, to: number];
  threshold?: number | undefined;
}

export const curveChart = ({ id, title, description, x, y, curve, champion, chance, threshold }: CurveChart): Markup =>
  plot({
    id,
    title,
    description,
    x: unit(x),
    y: unit(y),
    marks: (scale) => [
      markup`<path class="chance" d="${line([0, 1], chance, scale)}"/>`,
      champion ? markup`<path class="line champion" d="${line(champion.x, champion.y, scale)}"/>` : markup``,
      markup`<path class="line" d="${line(curve.x, curve.y, scale)}"/>`,
      threshold === undefined ? markup`` : marker(curve, threshold, scale),
    ],
  });

/** The point of a curve where every score from the threshold on is answered with class 1. */
export const pointAt = ({ x, y, threshold }: Curve, wanted: number): { x: number; y: number } | undefined => {
  const after = threshold.findIndex((score) => score < wanted);
  const index = after === -1 ? threshold.length - 1 : Math.max(0, after - 1);
  const [across, up] = [x[index], y[index]];
  return across === undefined || up === undefined ? undefined : { x: across, y: up };
};

const marker = (curve: Curve, threshold: number, { x, y }: Scale): Markup => {
  const point = pointAt(curve, threshold);
  return point
    ? markup`<circle class="point" cx="${x(point.x)}" cy="${y(point.y)}" r="5"><title>the threshold</title></circle>`
    : markup``;
};

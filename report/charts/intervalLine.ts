import type { Interval } from '../../spec/evaluation.ts';
import { markup, type Markup } from '../markup.ts';
import { place } from '../numbers.ts';

/** What the lines of one table share, so that they can be compared by eye. */
export interface IntervalScale {
  from: number;
  to: number;
  /** A vertical line, such as the value of all rows. */
  reference?: number | undefined;
}

interface Point {
  value: number;
  interval?: Pick<Interval, 'lower' | 'upper'> | undefined;
  /** Single values behind it. */
  values?: readonly number[];
  kind?: 'champion' | 'baseline' | 'own';
}

/** A value with its interval on a line, beside the numbers in a table. */
export const intervalLine = ({ value, interval, values = [], kind = 'own' }: Point, scale: IntervalScale): Markup => {
  const at = (it: number) =>
    `${place(3 + 94 * Math.min(1, Math.max(0, (it - scale.from) / (scale.to - scale.from || 1))))}%`;
  const { reference } = scale;
  return markup`<svg class="cell interval ${kind}" aria-hidden="true"><line class="track" x1="0" x2="100%" y1="50%" y2="50%"/>${
    reference !== undefined &&
    markup`<line class="reference" x1="${at(reference)}" x2="${at(reference)}" y1="0" y2="100%"/>`
  }${values.map((own) => markup`<circle class="fold" cx="${at(own)}" cy="50%" r="3.5"/>`)}${
    interval && markup`<line class="whisker" x1="${at(interval.lower)}" x2="${at(interval.upper)}" y1="50%" y2="50%"/>`
  }<circle class="dot" cx="${at(value)}" cy="50%" r="${values.length > 0 ? 5 : 4}"/></svg>`;
};

/** The scale that holds all these numbers. */
export const intervalScale = (values: readonly (number | undefined)[], reference?: number): IntervalScale => {
  const known = [...values, reference].filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  const from = known.reduce((a, b) => Math.min(a, b), Infinity);
  const to = known.reduce((a, b) => Math.max(a, b), -Infinity);
  return from <= to ? { from, to, reference } : { from: 0, to: 1 };
};

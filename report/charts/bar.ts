import { markup, type Markup } from '../markup.ts';
import { place } from '../numbers.ts';

/** A bar beside a number in a table: as wide as the share of the cell, with a whisker of the deviation; the number tells the same. */
export const bar = (
  share: number,
  { deviation = 0, kind = '' }: { deviation?: number; kind?: string } = {},
): Markup => {
  const at = (value: number) => `${place(100 * Math.min(1, Math.max(0, value)))}%`;
  const whisker =
    deviation > 0 &&
    markup`<line class="whisker" x1="${at(share - deviation)}" x2="${at(share + deviation)}" y1="50%" y2="50%"/>`;
  return markup`<svg class="cell" aria-hidden="true"><rect class="bar ${kind}" width="${at(share)}" height="100%" rx="2"/>${whisker}</svg>`;
};

/** A bar to the right of zero for what is positive and to the left for what is negative; `low` is at most 0, `high` at least. */
export const signedBar = (value: number, low: number, high: number, deviation = 0): Markup => {
  const at = (it: number) => place(100 * Math.min(1, Math.max(0, (it - low) / (high - low || 1))));
  const [from, to] = [at(Math.min(0, value)), at(Math.max(0, value))];
  const whisker =
    deviation > 0 &&
    markup`<line class="whisker" x1="${at(value - deviation)}%" x2="${at(value + deviation)}%" y1="50%" y2="50%"/>`;
  return markup`<svg class="cell" aria-hidden="true"><rect class="bar${value < 0 && ' worse'}" x="${from}%" width="${place(to - from)}%" height="100%" rx="2"/>${low < 0 && markup`<line class="zero" x1="${at(0)}%" x2="${at(0)}%" y1="0" y2="100%"/>`}${whisker}</svg>`;
};

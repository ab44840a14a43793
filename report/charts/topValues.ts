import type { CategoricalProfile } from '../../data/profile/schema.ts';
import { fitting, label, markup, type Markup } from '../markup.ts';
import { count, percent } from '../numbers.ts';
import { bar } from './bar.ts';

const most = 6;
/** A column of very long values must not fill the page. */
const mostBytes = 4000;

/** The most frequent values of a column with their share of the rows. */
export const topValues = ({ name, levels, other, distinct }: CategoricalProfile, rows: number): Markup => {
  const { shown, left } = fitting(
    levels,
    { most, bytes: mostBytes },
    ({ value, rows: own }) =>
      markup`<tr><th scope="row">${label(value, 28)}</th><td>${bar(own / (rows || 1))}</td><td>${percent(own / (rows || 1))}</td></tr>`,
  );
  if (shown.length === 0) return markup``;
  const rest = left.reduce((sum, level) => sum + level.rows, other);
  const others =
    rest > 0 &&
    markup`<tr><th scope="row"><em>${count(Math.max(0, distinct - shown.length))} others</em></th><td>${bar(rest / (rows || 1), { kind: 'rest' })}</td><td>${percent(rest / (rows || 1))}</td></tr>`;
  return markup`<table class="bars"><caption class="unseen">Most frequent values of ${label(name)}</caption><tbody>${shown}${others}</tbody></table>`;
};

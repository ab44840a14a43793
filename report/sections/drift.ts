import { bar } from '../charts/bar.ts';
import type { ReportFacts } from '../facts.ts';
import { fitting, label, markup } from '../markup.ts';
import { chance, count, figure } from '../numbers.ts';
import type { Section } from '../section.ts';

const limits = { most: 30, bytes: 60_000 };

/** The usual rule of thumb for the population stability index. */
export const driftWord = (psi: number): 'large' | 'slight' | 'none' =>
  psi > 0.25 ? 'large' : psi >= 0.1 ? 'slight' : 'none';

/** How far each column's distribution has moved. */
export const driftSection = ({ drift }: ReportFacts): Section | undefined => {
  if (!drift || drift.columns.length === 0) return undefined;
  const sorted = drift.columns.toSorted((a, b) => b.psi - a.psi);
  const moved = sorted.filter(({ psi }) => driftWord(psi) !== 'none').length;
  // Full bars stand for a shift that nobody disputes, so that noise does not look like one.
  const full = Math.max(0.25, sorted[0]?.psi ?? 0);
  const { shown, left } = fitting(
    sorted,
    limits,
    ({ column, psi, ks, p }) =>
      markup`<tr><th scope="row">${label(column, 40)}</th><td>${bar(psi / full, { kind: driftWord(psi) })}</td><td>${figure(psi)}<small>${driftWord(psi) === 'none' ? 'no shift' : `${driftWord(psi)} shift`}${ks !== undefined && `; KS ${figure(ks)}`}${p !== undefined && `, p ${chance(p)}`}</small></td></tr>`,
  );
  return {
    id: 'drift',
    title: 'Drift',
    body: markup`<p>${moved === 0 ? 'No column has' : moved === 1 ? 'One column has' : `${count(moved)} columns have`} shifted against run ${label(drift.against, 120)}.</p><table class="bars"><caption>Population stability index: from 0.1 a slight shift, above 0.25 a large one; KS is the largest distance of the distribution functions.</caption><tbody>${shown}</tbody></table>${left.length > 0 && markup`<p class="more">and ${count(left.length)} columns with less drift</p>`}`,
  };
};

import { intervalLine, intervalScale } from '../charts/intervalLine.ts';
import { subjectOf, type ReportFacts } from '../facts.ts';
import { label, markup } from '../markup.ts';
import { chance, count, figure, measured, percent, range } from '../numbers.ts';
import type { Section } from '../section.ts';

/** The challenger against the deployed model on the same rows; or why that could not be done. */
export const comparisonSection = (run: ReportFacts): Section | undefined => {
  const { evaluation } = subjectOf(run) ?? {};
  const { championComplaint } = run.prepared;
  if (!evaluation?.comparison)
    return championComplaint === undefined
      ? undefined
      : section(
          markup`<p class="callout">The deployed model could not be scored on this file: ${label(championComplaint, 500)}</p>`,
        );
  const { metric, challenger, champion, gain, lower, upper, level, p, margin, method } = evaluation.comparison;
  const scale = intervalScale([gain, lower, upper, margin, 0], 0);
  const word = gain > 0 ? 'better' : gain < 0 ? 'worse' : 'equal';
  const clear =
    lower > 0 || upper < 0 ? 'The interval does not reach zero.' : 'The interval holds zero: both may be equally good.';
  return section(
    markup`<p>On the same ${count(evaluation.rows)} held-out rows this model has <code>${metric}</code> ${measured(challenger)}, the deployed one ${measured(champion)}: ${word}${gain !== 0 && ` by ${measured(Math.abs(gain))}`}. ${clear}</p><table class="bars"><caption>Gain over the champion, positive when this model is better; the vertical line is zero</caption><tbody><tr><th scope="row">Gain in ${metric}</th><td>${intervalLine({ value: gain, interval: { lower, upper } }, scale)}</td><td><strong>${measured(gain)}</strong><small>${percent(level)} interval ${range({ lower, upper })}</small></td></tr></tbody></table><p class="note">By ${method}. If the true gain were at most ${figure(margin)}, one as large as this would be seen with probability ${chance(p)} (one-sided p).</p>`,
  );
};

const section = (body: Section['body']): Section => ({ id: 'champion', title: 'Against the champion', body });

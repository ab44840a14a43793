import { intervalLine, intervalScale } from '../charts/intervalLine.ts';
import { subjectOf, type ReportFacts } from '../facts.ts';
import { label, markup, type Markup } from '../markup.ts';
import { metricName } from '../metricNames.ts';
import { measured, percent, range, rough } from '../numbers.ts';
import type { Section } from '../section.ts';

/** How much the metrics vary from fold to fold; the objective first, every metric on a scale of its own. */
export const foldsSection = (run: ReportFacts): Section | undefined => {
  const folds = Object.entries(subjectOf(run)?.evaluation.folds ?? {});
  const [first] = folds;
  if (!first) return undefined;
  const { objective } = run.verdict;
  const ordered = folds.toSorted(([a], [b]) => Number(b === objective) - Number(a === objective));
  const lines = ordered.map(([metric, { values, mean, deviation, lower, upper }]) => {
    const scale = intervalScale([...values, mean, lower, upper]);
    return markup`<tr><th scope="row">${metricName(metric)}</th><td>${intervalLine({ value: mean, interval: { lower, upper }, values }, scale)}</td><td><strong>${measured(mean)}</strong><small>${range({ lower, upper })}</small><small>deviation ${rough(deviation)}</small></td></tr>`;
  });
  const [, { values, level, corrected }] = first;
  return {
    id: 'folds',
    title: 'Over the folds',
    body: markup`<table class="bars"><caption>${values.length} folds: each ring is a fold, the dot their mean, the line its ${percent(level)} confidence interval${corrected && ', corrected for the overlap of the training sets'}. Every metric has a scale of its own.</caption><tbody>${lines}</tbody></table>${lacking(run)}`,
  };
};

const mostTold = 10;

const lacking = ({ prepared: { folds = [] } }: ReportFacts): Markup => {
  const without = folds.flatMap(({ withoutRows = [] }, fold) =>
    withoutRows.length > 0 ? [{ fold, withoutRows }] : [],
  );
  if (without.length === 0) return markup``;
  const told = without
    .slice(0, mostTold)
    .map(
      ({ fold, withoutRows }) =>
        markup`<li>Fold ${fold + 1} has no row of ${withoutRows.slice(0, mostTold).map((name, at) => markup`${at > 0 && ', '}${label(name, 40)}`)}</li>`,
    );
  return markup`<div class="callout"><h3>Folds without a class</h3><p>Averages over the classes leave out what a fold has no row of. Fewer folds, or more rows of these classes, would tell more.</p><ul>${told}</ul>${without.length > mostTold && markup`<p class="more">and ${without.length - mostTold} more folds</p>`}</div>`;
};

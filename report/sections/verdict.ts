/** What a reader in a hurry reads: the decision in one sentence, the objective beside what it competes with, the rules. */
import { intervalLine, intervalScale } from '../charts/intervalLine.ts';
import { championOf, subjectOf, type ReportFacts } from '../facts.ts';
import { cut, fitting, label, markup, type Markup } from '../markup.ts';
import { metricPhrase } from '../metricNames.ts';
import { count, measured, range } from '../numbers.ts';
import type { Section } from '../section.ts';

/** A gate can have thousands of verdicts, one for each value of a column. */
const mostRules = { most: 200, bytes: 100_000 };

/** Above the first section, without a heading of its own kind: it is the heading. */
export const verdictBanner = ({ verdict: { passed, summary } }: ReportFacts): Markup =>
  markup`<section class="verdict ${passed ? 'passed' : 'refused'}" aria-labelledby="verdict"><h2 id="verdict"><span aria-hidden="true">${passed ? '✓' : '✕'}</span> ${passed ? 'Passed the gate' : 'Refused by the gate'}</h2><p>${cut(summary.replace(/^(Passed|Refused): /, ''), 1200)}</p></section>`;

interface Rival {
  name: string;
  value: number | undefined;
  interval?: { lower: number; upper: number } | undefined;
  kind: 'own' | 'champion' | 'baseline';
}

export const objectiveSection = (run: ReportFacts): Section | undefined => {
  const { objective } = run.verdict;
  const rivals = rivalsOf(run).filter((rival): rival is Rival & { value: number } => rival.value !== undefined);
  const rows = subjectOf(run)?.evaluation.rows;
  if (rows === undefined || rivals.length === 0) return undefined;
  const scale = intervalScale(rivals.flatMap(({ value, interval }) => [value, interval?.lower, interval?.upper]));
  const lines = rivals.map(
    ({ name, value, interval, kind }) =>
      markup`<tr class="${kind}"><th scope="row">${name}</th><td>${intervalLine({ value, interval, kind }, scale)}</td><td><strong>${measured(value)}</strong>${interval && markup`<small>${range(interval)}</small>`}</td></tr>`,
  );
  return {
    id: 'objective',
    title: 'Objective',
    body: markup`<p>${metricPhrase(objective)}, measured on ${count(rows)} held-out rows, which were not trained on.</p><table class="bars"><caption>${objective} with its 95 % confidence interval</caption><tbody>${lines}</tbody></table>`,
  };
};

const rivalsOf = (run: ReportFacts): Rival[] => {
  const { objective } = run.verdict;
  const subject = subjectOf(run);
  const champion = championOf(run);
  return [
    {
      name: subject ? `This model (${cut(subject.algorithm, 64)})` : '',
      value: subject?.evaluation.metrics[objective],
      interval: subject?.evaluation.intervals[objective],
      kind: 'own',
    },
    {
      name: 'Deployed champion',
      value: champion?.evaluation.metrics[objective] ?? championValue(subject?.evaluation.comparison, objective),
      interval: champion?.evaluation.intervals[objective],
      kind: 'champion',
    },
    {
      name: 'Baseline: the mean or the class shares',
      value: run.prepared.baseline[objective],
      kind: 'baseline',
    },
  ];
};

const championValue = (comparison: { metric: string; champion: number } | undefined, objective: string) =>
  comparison?.metric === objective ? comparison.champion : undefined;

export const rulesSection = ({ verdict: { rules, notes = [] } }: ReportFacts): Section | undefined => {
  if (rules.length === 0) return undefined;
  const failed = rules.filter(({ passed }) => !passed);
  // What decided comes first.
  const { shown, left } = fitting(
    [...failed, ...rules.filter(({ passed }) => passed)],
    mostRules,
    ({ rule, passed, reason }) =>
      markup`<tr><td class="${passed ? 'passed' : 'refused'}"><span aria-hidden="true">${passed ? '✓' : '✕'}</span> ${passed ? 'passed' : 'failed'}</td><th scope="row">${label(rule, 200)}</th><td>${label(reason, 400)}</td></tr>`,
  );
  return {
    id: 'rules',
    title: 'Rules of the gate',
    body: markup`<table class="rules"><caption>${count(rules.length - failed.length)} of ${count(rules.length)} rules passed; all have to.</caption><thead><tr><th scope="col">Verdict</th><th scope="col">Rule</th><th scope="col">Why</th></tr></thead><tbody>${shown}</tbody></table>${left.length > 0 && markup`<p class="more">and ${count(left.length)} more, all in gate.json</p>`}${notes.map((note) => markup`<p>${note}</p>`)}`,
  };
};

import { nameOf, subjectOf, type EvaluatedCandidate, type ReportFacts } from '../facts.ts';
import { markup } from '../markup.ts';
import { metricName } from '../metricNames.ts';
import { measured, range } from '../numbers.ts';
import { scrolling, type Section } from '../section.ts';

/** Every metric of every model on the same held-out rows, beside the baseline. */
export const candidatesSection = (run: ReportFacts): Section | undefined => {
  const { evaluations, prepared, verdict } = run;
  const subject = subjectOf(run);
  if (!subject) return undefined;
  const order = [subject, ...evaluations.filter((it) => it !== subject && it.candidate !== 'champion')];
  const all: EvaluatedCandidate[] = [...order, ...evaluations.filter(({ candidate }) => candidate === 'champion')];
  const metrics = [
    ...new Set([verdict.objective, ...all.flatMap(({ evaluation }) => Object.keys(evaluation.metrics))]),
  ];
  const lines = metrics.map((metric) => {
    const cells = all.map(({ evaluation: { metrics: own, intervals } }) => {
      const interval = intervals[metric];
      return markup`<td>${own[metric] === undefined ? '–' : measured(own[metric])}${interval && markup`<small>${range(interval)}</small>`}</td>`;
    });
    const baseline = prepared.baseline[metric];
    return markup`<tr${metric === verdict.objective && markup` class="own"`}><th scope="row">${metricName(metric)}</th>${cells}<td>${baseline === undefined ? '–' : measured(baseline)}</td></tr>`;
  });
  const heads = all.map(
    (it) => markup`<th scope="col">${nameOf(it)}${it.candidate === verdict.winner && markup`<small>best</small>`}</th>`,
  );
  return {
    id: 'candidates',
    title: 'Every metric',
    body: markup`<p class="note">Metrics on the held-out rows, with 95 % intervals where they were computed; the objective first.</p>${scrolling(
      'Every metric',
      markup`<table class="metrics"><caption class="unseen">Every metric</caption><thead><tr><td></td>${heads}<th scope="col">Baseline</th></tr></thead><tbody>${lines}</tbody></table>`,
    )}`,
  };
};

import { intervalLine, intervalScale } from '../charts/intervalLine.ts';
import { subjectOf, type ReportFacts } from '../facts.ts';
import type { EvaluationDocument, Slice } from '../../spec/evaluation.ts';
import { fitting, label, markup } from '../markup.ts';
import { count, measured, range } from '../numbers.ts';
import { scrolling, type Section } from '../section.ts';

const limits = { most: 300, bytes: 150_000 };

/** Beside the objective. */
const further: Record<EvaluationDocument['problem'], readonly string[]> = {
  binary: ['precision', 'recall'],
  multiclass: ['accuracy', 'f1Macro'],
  regression: ['mae', 'bias'],
};

/** The objective for each value of the columns that were asked for: a model that is good on average can be bad for some. */
export const slicesSection = (run: ReportFacts): Section | undefined => {
  const { evaluation } = subjectOf(run) ?? {};
  const slices = evaluation?.slices ?? [];
  if (!evaluation || slices.length === 0) return undefined;
  const { objective } = run.verdict;
  const others = further[evaluation.problem].filter((metric) => metric !== objective);
  const overall = evaluation.metrics[objective];
  const scale = intervalScale(
    slices.flatMap(({ metrics, intervals }) => [
      metrics[objective],
      intervals[objective]?.lower,
      intervals[objective]?.upper,
    ]),
    overall,
  );
  const lineOf = ({ value, rows, small, metrics, intervals }: Slice) => {
    const own = metrics[objective];
    const interval = intervals[objective];
    const beside = others.map(
      (metric) => markup`<td>${metrics[metric] === undefined ? '–' : measured(metrics[metric])}</td>`,
    );
    return markup`<tr><th scope="row">${label(value, 40)}</th><td>${count(rows)}${small && markup`<small>few</small>`}</td><td class="line">${own !== undefined && intervalLine({ value: own, interval }, scale)}</td><td>${own === undefined ? '–' : measured(own)}${interval && markup`<small>${range(interval)}</small>`}</td>${beside}</tr>`;
  };
  const { shown, left } = fitting(
    [...byColumn(slices)],
    { bytes: limits.bytes },
    ([column, own]) =>
      markup`<h3>By ${label(column)}</h3>${scrolling(
        `Metrics by ${column.slice(0, 60)}`,
        markup`<table class="slices"><caption class="unseen">Metrics by ${label(column)}</caption><thead><tr><th scope="col">Value</th><th scope="col">Rows</th><td class="line"></td><th scope="col">${objective}</th>${others.map((metric) => markup`<th scope="col">${metric}</th>`)}</tr></thead><tbody>${own.slice(0, limits.most).map(lineOf)}</tbody></table>`,
      )}`,
  );
  return {
    id: 'slices',
    title: 'Parts of the data',
    body: markup`<p>${objective} of the held-out rows with each value, with its 95 % interval${overall !== undefined && `; the vertical line is all rows (${measured(overall)})`}. Values marked “few” have too few rows to judge by.</p>${shown}${left.length > 0 && markup`<p class="more">and ${count(left.length)} more columns, in evaluation.json</p>`}`,
  };
};

const byColumn = (slices: readonly Slice[]) => {
  const columns = new Map<string, Slice[]>();
  for (const slice of slices) columns.set(slice.column, [...(columns.get(slice.column) ?? []), slice]);
  return columns;
};

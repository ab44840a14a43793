/** How good the model is, in charts. */
import { calibrationChart } from '../charts/calibration.ts';
import { confusionMatrix } from '../charts/confusion.ts';
import { gainChart } from '../charts/gain.ts';
import { liftChart } from '../charts/lift.ts';
import { precisionRecallChart } from '../charts/precisionRecall.ts';
import { residualHistogram } from '../charts/residualHistogram.ts';
import { residualScatter } from '../charts/residualScatter.ts';
import { rocChart } from '../charts/roc.ts';
import { thresholdChart } from '../charts/threshold.ts';
import { championOf, nameOf, subjectOf, type EvaluatedCandidate, type ReportFacts } from '../facts.ts';
import { label, markup, type Markup } from '../markup.ts';
import { count, figure, percent } from '../numbers.ts';
import { chart, facts, type Section } from '../section.ts';
import type { EvaluationDocument, ThresholdCriterion } from '../../spec/evaluation.ts';

export const qualitySection = (run: ReportFacts): Section | undefined => {
  const subject = subjectOf(run);
  if (!subject) return undefined;
  const { evaluation } = subject;
  const charts = [
    ...curveCharts(subject, championOf(run)),
    ...thresholdCharts(subject),
    ...calibrationCharts(subject),
    ...decileCharts(subject),
    ...residualCharts(subject),
  ];
  const confusion = evaluation.confusion && confusionMatrix(evaluation.confusion);
  if (charts.length === 0 && !confusion) return undefined;
  return {
    id: 'quality',
    title: 'How good the model is',
    body: markup`<p>${nameOf(subject)} on ${count(evaluation.rows)} held-out rows.</p>${thresholdFacts(evaluation, run.prepared.classes)}${confusion}<div class="charts">${charts}</div>`,
  };
};

const thresholdFacts = (
  { threshold, thresholdChoice: choice }: EvaluationDocument,
  classes: readonly string[] = [],
) => {
  if (threshold === undefined) return markup``;
  return facts([
    ['Positive class', classes[1] === undefined ? undefined : label(classes[1])],
    ['Threshold', `${figure(threshold)}: scores from here on are answered with the positive class`],
    [
      'Chosen',
      choice &&
        `${criterionText(choice.criterion)} on ${count(choice.rows)} validation rows${choice.met ? '' : ', which no threshold reaches there: this one comes nearest'}`,
    ],
    ['On the validation rows', choice && thresholded.flatMap((metric) => told(metric, choice.metrics)).join(', ')],
  ]);
};

/** Metrics that a threshold moves. */
const thresholded = ['precision', 'recall', 'f1', 'accuracy', 'specificity'] as const;

const told = (metric: string, { [metric]: value }: Readonly<Record<string, number>>) =>
  value === undefined ? [] : [`${metric} ${figure(value)}`];

const criteria = {
  f1: 'for the largest f1',
  youden: 'for the largest sum of recall and specificity (Youden)',
  accuracy: 'for the largest accuracy',
};

const criterionText = (criterion: ThresholdCriterion): string => {
  if (typeof criterion === 'string') return criteria[criterion];
  if ('cost' in criterion)
    return `for the lowest cost: a false positive costs ${figure(criterion.cost.fp)}, a false negative ${figure(criterion.cost.fn)}`;
  return 'precision' in criterion
    ? `for a precision of at least ${percent(criterion.precision)}`
    : `for a recall of at least ${percent(criterion.recall)}`;
};

const curveCharts = (subject: EvaluatedCandidate, champion: EvaluatedCandidate | undefined): Markup[] => {
  const { evaluation } = subject;
  const { roc, precisionRecall, metrics, deciles, threshold } = evaluation;
  const other = champion?.evaluation;
  const legend = (own: unknown) =>
    markup`<span class="key own"></span> this model${own !== undefined && markup` · <span class="key champion"></span> champion`} · <span class="key chance"></span> guessing${threshold !== undefined && markup` · <span class="key point"></span> threshold`}`;
  const charts: Markup[] = [];
  if (roc)
    charts.push(
      chart(
        'ROC curve',
        rocChart({ roc, champion: other?.roc, auc: metrics.auc, threshold }),
        markup`${legend(other?.roc)}. The nearer to the upper left corner, the better.`,
      ),
    );
  if (precisionRecall)
    charts.push(
      chart(
        'Precision-recall curve',
        precisionRecallChart({
          curve: precisionRecall,
          champion: other?.precisionRecall,
          area: metrics.prAuc,
          prevalence: prevalenceOf(evaluation.confusion?.matrix, deciles, precisionRecall.y.at(-1)),
          threshold,
        }),
        markup`${legend(other?.precisionRecall)}. The nearer to the upper right corner, the better.`,
      ),
    );
  return charts;
};

const thresholdCharts = ({ evaluation: { thresholdChoice } }: EvaluatedCandidate): Markup[] =>
  thresholdChoice
    ? [
        chart(
          'Other thresholds',
          thresholdChart(thresholdChoice),
          markup`<span class="key own"></span> precision · <span class="key champion"></span> recall · <span class="key chance"></span> f1, on the validation rows; the upright line is the threshold that was chosen.`,
        ),
      ]
    : [];

/** With every row answered by class 1, precision is the share of class 1. */
const prevalenceOf = (
  matrix: readonly (readonly number[])[] | undefined,
  deciles: readonly { rows: number; positives: number }[] | undefined,
  last = 0,
) => {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  if (matrix) return sum(matrix[1] ?? []) / (sum(matrix.flat()) || 1);
  return deciles ? sum(deciles.map((it) => it.positives)) / (sum(deciles.map((it) => it.rows)) || 1) : last;
};

const calibrationCharts = ({ evaluation: { calibration } }: EvaluatedCandidate): Markup[] =>
  calibration
    ? [
        chart(
          'Calibration',
          calibrationChart(calibration),
          markup`On the dotted line a score of 0.3 is right in ${percent(0.3)} of the cases. Lines are ${percent(0.95)} intervals. Expected calibration error ${figure(calibration.ece)}, Brier score ${figure(calibration.brier)}.<details><summary>Numbers</summary><table><caption>Reliability by score</caption><thead><tr><th scope="col">Scores</th><th scope="col">Rows</th><th scope="col">Mean</th><th scope="col">Positive</th></tr></thead><tbody>${calibration.bins.map(
            ({ from, to, rows, meanScore, rate }) =>
              markup`<tr><th scope="row">${figure(from)} to ${figure(to)}</th><td>${count(rows)}</td><td>${figure(meanScore)}</td><td>${percent(rate)}</td></tr>`,
          )}</tbody></table></details>`,
        ),
      ]
    : [];

const decileCharts = ({ evaluation: { deciles = [] } }: EvaluatedCandidate): Markup[] =>
  deciles.length > 0
    ? [
        chart(
          'Cumulative gain',
          gainChart(deciles),
          'How many of the positive rows are found when the highest scores are looked at first; the dotted line is looking in any order.',
        ),
        chart(
          'Lift by tenths',
          liftChart(deciles),
          markup`How many times as many positive rows as the average (dotted) each tenth holds.<details><summary>Numbers</summary><table><caption>Rows by tenths of the scores</caption><thead><tr><th scope="col">Tenth</th><th scope="col">Rows</th><th scope="col">Positive</th><th scope="col">Lift</th><th scope="col">Gain</th></tr></thead><tbody>${deciles.map(
            ({ rows, rate, lift, gain }, index) =>
              markup`<tr><th scope="row">${index + 1}</th><td>${count(rows)}</td><td>${percent(rate)}</td><td>${figure(lift)}</td><td>${percent(gain)}</td></tr>`,
          )}</tbody></table></details>`,
        ),
      ]
    : [];

const residualCharts = ({ evaluation: { residuals } }: EvaluatedCandidate): Markup[] =>
  residuals
    ? [
        chart(
          'Residuals',
          residualHistogram(residuals.histogram),
          'How often the model is off by how much; the dotted line is no error. The outermost bars hold what lies beyond.',
        ),
        chart(
          'Residual against prediction',
          residualScatter(residuals),
          'Each dot is a row. A funnel or a bend is something that the model has not learned.',
        ),
      ]
    : [];

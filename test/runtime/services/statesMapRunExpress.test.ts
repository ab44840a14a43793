/** Express children of map runs: nothing but their beginning and end is kept, and nothing but these is told. */
import {
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openMapRunWorld } from './mapRunWorld.ts';
import { calls, type StatesWorld } from './statesWorld.ts';

let maps: Awaited<ReturnType<typeof openMapRunWorld>>;
let world: StatesWorld;
let broken: Set<unknown>;
let tried: unknown[];

beforeEach(async () => {
  maps = await openMapRunWorld();
  ({ world, broken, tried } = maps);
});
afterEach(() => world.close());

const mapOf = (States: object, more: object = {}) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'each',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: Object.keys(States)[0],
        States,
      },
      End: true,
      ...more,
    },
  },
});
const steps = { First: calls('first', { Next: 'Item' }), Item: calls('item') };
const slow = (Seconds: unknown) => ({ Wait: { Type: 'Wait', Seconds, Next: 'Item' }, Item: calls('item') });

test('a child is listed and described, and has neither a history nor a definition to show', async () => {
  const run = await world.start(await world.create('machine', mapOf(steps)), [1, 2]);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2]' });
  const found = await maps.children(run);
  expect(found).toMatchObject([
    { status: 'SUCCEEDED', itemCount: 1, redriveCount: 0 },
    { status: 'SUCCEEDED', itemCount: 1, redriveCount: 0 },
  ]);
  const executionArn = found[0]?.executionArn ?? '';
  expect(executionArn).toMatch(/:express:machine\/each:[0-9a-f-]{36}:[0-9a-f-]{36}$/);
  const input = await world.describe(executionArn);
  expect(input).toMatchObject({
    status: 'SUCCEEDED',
    mapRunArn: await maps.mapRunOf(run),
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  expect(input.output).toBe(input.input);
  const refused = {
    name: 'InvalidArn',
    message: expect.stringContaining('Resource type not valid in this context: express'),
  };
  for (const command of [
    new StopExecutionCommand({ executionArn }),
    new RedriveExecutionCommand({ executionArn }),
    new ListMapRunsCommand({ executionArn }),
  ])
    await expect(world.sfn().send(command as StopExecutionCommand)).rejects.toMatchObject(refused);
  await expect(world.sfn().send(new GetExecutionHistoryCommand({ executionArn }))).rejects.toMatchObject(refused);
  await expect(world.sfn().send(new DescribeStateMachineForExecutionCommand({ executionArn }))).rejects.toMatchObject(
    refused,
  );
});

test('a child has five minutes', async () => {
  const definition = mapOf(slow('{% $states.input %}'), { ToleratedFailureCount: 1 });
  const run = await world.start(await world.create('machine', definition), [299, 301]);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED' });
  expect(tried).toEqual([299]);
  expect(await maps.described(run)).toMatchObject({ executionCounts: { succeeded: 1, timedOut: 1, failed: 0 } });
});

test('a redrive begins unsuccessful children anew, under the ARNs they had', async () => {
  broken.add(2);
  const run = await world.start(await world.create('machine', mapOf(steps)), [1, 2]);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  const [failed] = await maps.children(run, { statusFilter: 'FAILED' });
  const executionArn = failed?.executionArn ?? '';
  const before = await world.describe(executionArn);
  expect(before).toMatchObject({ redriveStatus: 'REDRIVABLE_BY_MAP_RUN' });
  broken.clear();
  // Neither the time nor the length of a history keeps an Express child from it.
  await world.sfn().send(new RedriveExecutionCommand({ executionArn: run }));
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2]' });
  expect([tried, world.invoked.filter((name) => name === 'first').length]).toEqual([[1, 2, 2], 3]);
  expect(await world.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED', input: '2', redriveCount: 0 });
  expect(await maps.children(run)).toHaveLength(2);
  expect(await maps.described(run)).toMatchObject({ redriveCount: 1, executionCounts: { succeeded: 2, failed: 0 } });
});

test('after a restart a child that was under way begins again, one that had ended does not', async () => {
  const definition = mapOf(slow('{% $states.input = 1 ? 1 : 60 %}'));
  const run = await world.start(await world.create('machine', definition), [1, 2]);
  await world.until(async () => (await maps.mapRunOf(run)) !== '');
  await world.until(async () => (await maps.children(run, { statusFilter: 'RUNNING' })).length === 2);
  await world.clock.advance(1000);
  await world.until(async () => (await maps.described(run)).executionCounts?.succeeded === 1);
  const before = (await maps.children(run)).map(({ executionArn }) => executionArn);
  await world.restart();
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2]' });
  expect(tried).toEqual([1, 2]);
  expect(new Set((await maps.children(run)).map(({ executionArn }) => executionArn))).toEqual(new Set(before));
});

test('children are waited for when the execution around them is stopped', async () => {
  const run = await world.start(await world.create('machine', mapOf(slow(60))), [1, 2]);
  await world.until(async () => (await world.describe(run)).status === 'RUNNING' && (await maps.mapRunOf(run)) !== '');
  await world.until(async () => (await maps.children(run, { statusFilter: 'RUNNING' })).length === 2);
  await world.sfn().send(new StopExecutionCommand({ executionArn: run }));
  expect(await maps.described(run)).toMatchObject({ status: 'RUNNING', executionCounts: { running: 2 } });
  await world.clock.advance(60_000);
  await world.until(async () => (await maps.described(run)).status === 'ABORTED');
  expect(await maps.described(run)).toMatchObject({ executionCounts: { succeeded: 2, aborted: 0 } });
});

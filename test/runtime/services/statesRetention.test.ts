/** Closed executions are known for 90 days; then their names are free and their space is given back. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DeleteStateMachineCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { calls, openStatesWorld, type StatesWorld } from './statesWorld.ts';

const day = 86_400_000;
const gone = { name: 'ExecutionDoesNotExist' };

let world: StatesWorld;
let token: string;
let broken: boolean;
beforeEach(async () => {
  broken = true;
  world = await openStatesWorld({
    takes: (event) => (token = (event as { token: string }).token),
    flaky() {
      if (broken) throw new Error('down');
      return 'mended';
    },
  });
});
afterEach(() => world.close());

const passes = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const waits = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'takes', Payload: { token: '{% $states.context.Task.Token %}' } },
      End: true,
    },
  },
};
const namesOf = async (stateMachineArn: string) => {
  const { executions = [] } = await world.sfn().send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.map(({ name }) => name);
};

test('an execution vanishes 90 days after it closed, and its name can be used again', async () => {
  const machine = await world.create('machine', passes);
  const early = await world.start(machine, { n: 1 }, 'early');
  await world.ended(early);
  await world.clock.advance(day);
  const late = await world.start(machine, { n: 2 }, 'late');
  await world.ended(late);
  await world.clock.advance(89 * day - 60_000);
  expect(await namesOf(machine)).toEqual(['late', 'early']);
  expect(await world.history(early)).toHaveLength(4);

  await world.clock.advance(120_000);
  expect(await namesOf(machine)).toEqual(['late']);
  await expect(world.describe(early)).rejects.toMatchObject(gone);
  await expect(world.history(early)).rejects.toMatchObject(gone);
  await expect(world.sfn().send(new StopExecutionCommand({ executionArn: early }))).rejects.toMatchObject(gone);
  await world.start(machine, { n: 3 }, 'early');
  expect((await world.ended(early)).input).toBe('{"n":3}');
  expect(await namesOf(machine)).toEqual(['early', 'late']);
});

test('what became due while the runtime was down is gone when it starts, what runs is not', async () => {
  const machine = await world.create('machine', passes);
  const waiting = await world.start(await world.create('waits', waits), {}, 'waiting');
  const over = await world.start(machine, {}, 'over');
  await world.ended(over);
  await world.until(() => token !== undefined);
  await world.sfn().send(new DeleteStateMachineCommand({ stateMachineArn: machine }));
  await world.restart();
  const definitions = () => world.runtime.world.store.table('states.definitions').size;
  expect(definitions()).toBe(2);
  await world.clock.advance(91 * day - 1000);
  await world.restart();
  expect(definitions()).toBe(1);
  await expect(world.describe(over)).rejects.toMatchObject(gone);
  await world.sfn().send(new SendTaskSuccessCommand({ taskToken: token, output: '"answer"' }));
  expect(await world.ended(waiting)).toMatchObject({ status: 'SUCCEEDED', output: '"answer"' });
  await world.clock.advance(89 * day);
  expect(await world.history(waiting)).not.toHaveLength(0);
});

test('the 90 days begin anew when an execution is redriven', async () => {
  const machine = await world.create('machine', { StartAt: 'Flaky', States: { Flaky: calls('flaky') } });
  const run = await world.start(machine);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  await world.clock.advance(10 * day);
  broken = false;
  await world.sfn().send(new RedriveExecutionCommand({ executionArn: run }));
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  await world.clock.advance(85 * day);
  expect(await world.describe(run)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  await world.restart();
  expect(await world.describe(run)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  await world.clock.advance(6 * day);
  await expect(world.describe(run)).rejects.toMatchObject(gone);
});

test('a map run and its children go with their execution', async () => {
  const machine = await world.create('machine', {
    StartAt: 'All',
    States: {
      All: {
        Type: 'Map',
        Items: [1, 2, 3],
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...passes },
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 100 * 86_400, End: true },
    },
  });
  const executionArn = await world.start(machine);
  const listed = async () => (await world.sfn().send(new ListMapRunsCommand({ executionArn }))).mapRuns?.[0];
  const runOf = async () => (await listed())?.mapRunArn ?? '';
  await world.until(async () => (await listed())?.stopDate !== undefined);
  const mapRunArn = await runOf();
  const children = async () =>
    (await world.sfn().send(new ListExecutionsCommand({ mapRunArn }))).executions?.map(
      ({ executionArn: arn }) => arn ?? '',
    ) ?? [];
  const [child = ''] = await children();
  await world.clock.advance(99 * day);
  expect(await children()).toHaveLength(3);
  await world.clock.advance(2 * day);
  expect(await world.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  await world.clock.advance(91 * day);
  await expect(world.describe(executionArn)).rejects.toMatchObject(gone);
  await expect(world.describe(child)).rejects.toMatchObject(gone);
  await expect(world.sfn().send(new DescribeMapRunCommand({ mapRunArn }))).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
});

test('an execution that another one started is kept while that one runs', async () => {
  await world.create('child', passes);
  const child = 'arn:aws:states:eu-west-1:000000000000:stateMachine:child';
  const machine = await world.create('parent', {
    StartAt: 'Child',
    States: {
      Child: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: child, Name: 'nested', Input: {} },
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 100 * 86_400, End: true },
    },
  });
  const parent = await world.start(machine);
  await world.until(async () => (await world.history(parent)).some(({ type }) => type === 'WaitStateEntered'));
  await world.clock.advance(95 * day);
  expect(await namesOf(child)).toEqual(['nested']);
  await world.clock.advance(7 * day);
  expect(await namesOf(child)).toEqual([]);
});

test('disk space of what is gone is given back, and what waits keeps its place', async () => {
  const folder = join(world.runtime.world.dataDir, 'states');
  const used = async () => {
    // A file that is being rewritten may take its place between the listing and the question of its size.
    const sizes = (await readdir(folder)).map(
      async (file) => (await stat(join(folder, file)).catch(() => ({ size: 0 }))).size,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };
  const machine = await world.create('machine', passes);
  const waiting = await world.start(await world.create('waits', waits), { n: 1 }, 'waiting');
  await world.until(() => token !== undefined);
  const before = await world.history(waiting);
  const large = 'x'.repeat(200_000);
  for (let n = 0; n < 24; n++) await world.ended(await world.start(machine, { large, n }));
  expect(await used()).toBeGreaterThan(9_000_000);
  await world.clock.advance(91 * day);
  await world.until(async () => (await used()) < 20_000);
  expect(await world.history(waiting)).toEqual(before);
  await world.restart();
  expect(await world.history(waiting)).toEqual(before);
  await world.sfn().send(new SendTaskSuccessCommand({ taskToken: token, output: '"answer"' }));
  expect(await world.ended(waiting)).toMatchObject({ status: 'SUCCEEDED', input: '{"n":1}', output: '"answer"' });
});

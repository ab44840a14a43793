import { ListExecutionsCommand, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { calls, openStatesWorld, type StatesWorld } from './statesWorld.ts';

let world: StatesWorld;
let broken: boolean;
beforeEach(async () => {
  broken = true;
  const mayFail = () => {
    if (broken) throw new Error('down');
    return 'mended';
  };
  world = await openStatesWorld({ good: () => 'good', other: () => 'other', bad: mayFail });
});
afterEach(() => world.close());

const redrive = (executionArn: string, clientToken?: string) =>
  world.sfn().send(new RedriveExecutionCommand({ executionArn, clientToken }));
const typesOf = async (executionArn: string) => (await world.history(executionArn)).map(({ type }) => type);
const remember = { Assign: { kept: 'variable' } };

const inOrder = {
  StartAt: 'Good',
  States: {
    Good: calls('good', { Next: 'Bad', ...remember }),
    Bad: calls('bad', {
      Output: '{% {"result": $states.result.Payload, "kept": $kept, "execution": $states.context.Execution} %}',
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 1 }],
      End: true,
    }),
  },
};

test('goes on where it failed, with what was there', async () => {
  const machine = await world.create('machine', inOrder);
  const run = await world.start(machine, { n: 1 });
  expect(await world.ended(run)).toMatchObject({
    status: 'FAILED',
    redriveCount: 0,
    redriveStatus: 'REDRIVABLE',
  });
  const before = await world.history(run);
  expect(world.invoked).toEqual(['good', 'bad', 'bad']);

  broken = false;
  const { redriveDate } = await redrive(run);
  const after = await world.ended(run);
  expect(after).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, redriveDate, redriveStatus: 'NOT_REDRIVABLE' });
  expect(after.redriveStatusReason).toBe('Execution is SUCCEEDED and cannot be redriven');
  expect(JSON.parse(after.output ?? '')).toMatchObject({
    result: 'mended',
    kept: 'variable',
    execution: { RedriveCount: 1, RedriveTime: redriveDate?.toISOString() },
  });
  expect(world.invoked).toEqual(['good', 'bad', 'bad', 'bad']);
  const history = await world.history(run);
  expect(history.slice(0, before.length)).toEqual(before);
  expect(history.slice(before.length).map(({ type }) => type)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(history[before.length]).toMatchObject({ executionRedrivenEventDetails: { redriveCount: 1 } });
  const { executions } = await world.sfn().send(new ListExecutionsCommand({ stateMachineArn: machine }));
  expect(executions).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1, redriveDate }]);
});

test('retries count from the beginning again, and it may fail again', async () => {
  const run = await world.start(await world.create('machine', inOrder));
  await world.ended(run);
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED', redriveCount: 1 });
  expect(world.invoked).toEqual(['good', 'bad', 'bad', 'bad', 'bad']);
  broken = false;
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
});

test('runs only those branches again that did not end well', async () => {
  const branch = (name: string) => ({
    StartAt: name,
    States: { [name]: calls(name) },
  });
  const machine = await world.create('machine', {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        End: true,
        Branches: [
          branch('good'),
          {
            StartAt: 'Wait',
            States: { Wait: { Type: 'Wait', Seconds: 5, Next: 'bad' }, bad: calls('bad') },
          },
          { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 60, Next: 'other' }, other: calls('other') } },
        ],
      },
    },
  });
  const run = await world.start(machine);
  await world.ended(run);
  expect(world.invoked).toEqual(['good', 'bad']);
  broken = false;
  await redrive(run);
  const { status, output } = await world.ended(run);
  expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', ['good', 'mended', 'other']]);
  expect(world.invoked.toSorted()).toEqual(['bad', 'bad', 'good', 'other']);
});

test('runs only those iterations again that did not end well', async () => {
  const tried: unknown[] = [];
  world.functions['item'] = (n) => {
    tried.push(n);
    if (broken && n === 3) throw new Error('down');
    return n;
  };
  const run = await world.start(
    await world.create('machine', {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemProcessor: { StartAt: 'Item', States: { Item: calls('item') } },
          End: true,
        },
      },
    }),
    [1, 2, 3, 4],
  );
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  broken = false;
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2,3,4]' });
  expect(tried).toEqual([1, 2, 3, 3, 4]);
});

test('survives a restart, also before what it was redriven for has been answered', async () => {
  const run = await world.start(
    await world.create('machine', {
      StartAt: 'Good',
      TimeoutSeconds: 100,
      States: {
        Good: calls('good', { Next: 'Wait' }),
        Wait: { Type: 'Wait', Seconds: 90, Next: 'Bad' },
        Bad: calls('bad'),
      },
    }),
  );
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  await world.restart();
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED', redriveCount: 1 });
  broken = false;
  await redrive(run);
  await world.restart();
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
  expect(world.invoked.filter((name) => name === 'good')).toHaveLength(1);
});

test('starts the time an execution may take anew', async () => {
  const run = await world.start(
    await world.create('machine', {
      StartAt: 'Wait',
      TimeoutSeconds: 30,
      States: {
        Wait: { Type: 'Wait', Seconds: '{% $states.context.Execution.RedriveCount = 0 ? 60 : 20 %}', End: true },
      },
    }),
  );
  expect(await world.ended(run)).toMatchObject({ status: 'TIMED_OUT', redriveStatus: 'REDRIVABLE' });
  await redrive(run);
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await typesOf(run)).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'ExecutionTimedOut',
    'ExecutionRedriven',
    'WaitStateExited',
    'ExecutionSucceeded',
  ]);
});

test('starts a nested execution anew, whatever became of the one before', async () => {
  const child = await world.create('child', { StartAt: 'Bad', States: { Bad: calls('bad') } });
  for (const version of ['', ':2']) {
    broken = true;
    const run = await world.start(
      await world.create(`parent${version.slice(1)}`, {
        StartAt: 'Nested',
        States: {
          Nested: {
            Type: 'Task',
            Resource: `arn:aws:states:::states:startExecution.sync${version}`,
            Arguments: { StateMachineArn: child, Input: '{% $states.input %}' },
            Output: '{% $states.result.Output %}',
            End: true,
          },
        },
      }),
    );
    expect(await world.ended(run)).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    const before = await world.history(run);
    broken = false;
    await redrive(run);
    const { status, output } = await world.ended(run);
    const result = version === '' ? '"mended"' : 'mended';
    expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', result]);
    expect((await typesOf(run)).slice(before.length)).toEqual([
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  }
  const { executions = [] } = await world.sfn().send(new ListExecutionsCommand({ stateMachineArn: child }));
  expect(executions.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
    ['SUCCEEDED', 0],
    ['FAILED', 0],
    ['SUCCEEDED', 0],
    ['FAILED', 0],
  ]);
});

test('the same client token redrives once', async () => {
  const run = await world.start(await world.create('machine', inOrder));
  await world.ended(run);
  const { redriveDate } = await redrive(run, 'token');
  await world.ended(run);
  expect((await redrive(run, 'token')).redriveDate).toEqual(redriveDate);
  expect(await world.describe(run)).toMatchObject({ status: 'FAILED', redriveCount: 1 });
});

test('variables and the input of a task are at most 256 KiB', async () => {
  const large = "{% $join($map([1..300], function($n) { $pad('', 1000, 'x') })) %}";
  const next = { Next: 'End' };
  const end = { End: { Type: 'Pass', End: true, Output: {} } };
  const assigns = { StartAt: 'A', States: { A: { Type: 'Pass', Assign: { large }, Output: {}, ...next }, ...end } };
  const given = { ...calls('good', next), Arguments: { FunctionName: 'good', Payload: large } };
  const asks = { StartAt: 'A', States: { A: given, ...end } };
  for (const [name, definition] of Object.entries({ assigns, asks })) {
    const run = await world.start(await world.create(name, definition));
    expect(await world.ended(run)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  }
  expect(world.invoked).toEqual([]);
});

test('is refused for what runs, what went well and what failed long ago', async () => {
  const waits = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 5, End: true } } };
  const run = await world.start(await world.create('waits', waits));
  const refused = (why: string) => ({ name: 'ExecutionNotRedrivable', message: why });
  await expect(redrive(run)).rejects.toMatchObject(refused('Execution is RUNNING and cannot be redriven'));
  await world.ended(run);
  await expect(redrive(run)).rejects.toMatchObject(refused('Execution is SUCCEEDED and cannot be redriven'));
  const failed = await world.start(await world.create('machine', inOrder));
  await world.ended(failed);
  await world.clock.advance(15 * 86_400_000);
  await expect(redrive(failed)).rejects.toMatchObject(refused('Execution redrivable period exceeded'));
});

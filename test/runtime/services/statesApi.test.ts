import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFN } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { states } from '../../../runtime/services/states/index.ts';

let dataDir: string;
let clock: TestClock;
let runtime: Runtime;
let sfn: SFN;

const open = async () => {
  runtime = await openRuntime({ dataDir, clock, services: [states] });
  sfn = new SFN({ endpoint: runtime.endpoint, region: runtime.region, credentials: runtime.credentials });
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'states-api-'));
  clock = testClock(Date.now());
  await open();
});

afterEach(async () => {
  sfn.destroy();
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

const roleArn = 'arn:aws:iam::000000000000:role/machine';
const passing = (Result: unknown) =>
  JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', Result, End: true } } });

const outputOf = async (stateMachineArn: string) => {
  const { executionArn } = await sfn.startExecution({ stateMachineArn });
  const { output } = await sfn.describeExecution({ executionArn });
  return JSON.parse(output ?? 'null') as unknown;
};

describe('versions', () => {
  test('are snapshots of a revision, published once each and never numbered again', async () => {
    const created = await sfn.createStateMachine({ name: 'numbers', definition: passing(1), roleArn, publish: true });
    const stateMachineArn = created.stateMachineArn ?? '';
    expect(created.stateMachineVersionArn).toBe(`${stateMachineArn}:1`);
    expect((await sfn.publishStateMachineVersion({ stateMachineArn })).stateMachineVersionArn).toMatch(/:1$/);

    const updated = await sfn.updateStateMachine({ stateMachineArn, definition: passing(2), publish: true });
    expect(updated.stateMachineVersionArn).toBe(`${stateMachineArn}:2`);
    expect(await outputOf(`${stateMachineArn}:1`)).toBe(1);
    expect(await outputOf(stateMachineArn)).toBe(2);
    await expect(sfn.publishStateMachineVersion({ stateMachineArn, revisionId: 'another' })).rejects.toThrow(
      `The current State Machine revision is ${updated.revisionId}.`,
    );

    await sfn.deleteStateMachineVersion({ stateMachineVersionArn: `${stateMachineArn}:2` });
    expect((await sfn.publishStateMachineVersion({ stateMachineArn })).stateMachineVersionArn).toMatch(/:3$/);
    const { stateMachineVersions } = await sfn.listStateMachineVersions({ stateMachineArn });
    expect(stateMachineVersions?.map((it) => it.stateMachineVersionArn?.split(':').at(-1))).toEqual(['3', '1']);
  });

  test('an update that changes nothing keeps the revision', async () => {
    const { stateMachineArn } = await sfn.createStateMachine({ name: 'same', definition: passing(1), roleArn });
    const { revisionId } = await sfn.updateStateMachine({ stateMachineArn, definition: passing(2) });
    expect((await sfn.updateStateMachine({ stateMachineArn, definition: passing(2) })).revisionId).toBe(revisionId);
  });
});

describe('aliases', () => {
  const versions = async () => {
    const { stateMachineArn = '' } = await sfn.createStateMachine({
      name: 'routed',
      definition: passing('old'),
      roleArn,
      publish: true,
    });
    await sfn.updateStateMachine({ stateMachineArn, definition: passing('new'), publish: true });
    return stateMachineArn;
  };
  const route = (stateMachineVersionArn: string, weight: number) => ({ stateMachineVersionArn, weight });

  test('route by weight; what was started by them is listed under them', async () => {
    const machine = await versions();
    const { stateMachineAliasArn = '' } = await sfn.createStateMachineAlias({
      name: 'live',
      routingConfiguration: [route(`${machine}:1`, 50), route(`${machine}:2`, 50)],
    });
    const outputs = [];
    for (let i = 0; i < 20; i++) outputs.push(await outputOf(stateMachineAliasArn));
    expect(new Set(outputs)).toEqual(new Set(['old', 'new']));
    const { executions } = await sfn.listExecutions({ stateMachineArn: stateMachineAliasArn });
    expect(executions).toHaveLength(20);
    const old = await sfn.listExecutions({ stateMachineArn: `${machine}:1` });
    expect(old.executions).toHaveLength(outputs.filter((it) => it === 'old').length);

    await sfn.updateStateMachineAlias({ stateMachineAliasArn, routingConfiguration: [route(`${machine}:2`, 100)] });
    expect(await outputOf(stateMachineAliasArn)).toBe('new');
    await sfn.deleteStateMachineVersion({ stateMachineVersionArn: `${machine}:1` });
    await expect(sfn.deleteStateMachineVersion({ stateMachineVersionArn: `${machine}:2` })).rejects.toThrow('[live]');
  });

  test('need one or two versions of one machine whose weights make 100', async () => {
    const machine = await versions();
    const attempt = (...routingConfiguration: { stateMachineVersionArn: string; weight: number }[]) =>
      sfn.createStateMachineAlias({ name: 'bad', routingConfiguration });
    await expect(attempt(route(`${machine}:1`, 60))).rejects.toThrow('must equal 100. Received: [60]');
    await expect(attempt(route(machine, 100))).rejects.toThrow(`version ARNs. Received: [${machine}]`);
    await expect(attempt(route(`${machine}:1`, 50), route(`${machine}:1`, 50))).rejects.toThrow('distinct');
    await expect(sfn.createStateMachineAlias({ name: '12', routingConfiguration: [] })).rejects.toThrow(
      '2 validation errors detected',
    );
  });
});

describe('activities', () => {
  const machineOf = async (activityArn: string, more = {}) => {
    const definition = JSON.stringify({
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Resource: activityArn, End: true, ...more } },
    });
    const { stateMachineArn = '' } = await sfn.createStateMachine({ name: 'worked', definition, roleArn });
    return stateMachineArn;
  };
  const start = async (stateMachineArn: string) => {
    const { executionArn = '' } = await sfn.startExecution({ stateMachineArn, input: '{"n":1}' });
    return executionArn;
  };
  const typesOf = async (executionArn: string) =>
    (await sfn.getExecutionHistory({ executionArn })).events?.map(({ type }) => type);

  test('give a task to one worker, also after a restart; its token ends it', async () => {
    const { activityArn = '' } = await sfn.createActivity({ name: 'work', tags: [{ key: 'team', value: 'a' }] });
    expect((await sfn.listTagsForResource({ resourceArn: activityArn })).tags).toHaveLength(1);
    const executionArn = await start(await machineOf(activityArn));
    await runtime.close();
    await open();
    const task = await sfn.getActivityTask({ activityArn, workerName: 'worker' });
    expect(JSON.parse(task.input ?? '')).toEqual({ n: 1 });
    await runtime.close();
    await open();
    const second = sfn.getActivityTask({ activityArn });
    for (let i = 0; i < 20 && clock.next() === undefined; i++) await clock.advance(0);
    await sfn.sendTaskSuccess({ taskToken: task.taskToken, output: '"done"' });
    expect((await sfn.describeExecution({ executionArn })).output).toBe('"done"');
    expect(await typesOf(executionArn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'ActivityScheduled',
      'ActivityStarted',
      'ActivitySucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    await clock.advance(60_000);
    expect((await second).taskToken ?? null).toBeNull();
  });

  test('their time begins when a worker takes the task; heartbeats keep it', async () => {
    const { activityArn = '' } = await sfn.createActivity({ name: 'slow' });
    const executionArn = await start(await machineOf(activityArn, { TimeoutSeconds: 100, HeartbeatSeconds: 10 }));
    await clock.advance(200_000);
    const { taskToken } = await sfn.getActivityTask({ activityArn });
    await clock.advance(9000);
    await sfn.sendTaskHeartbeat({ taskToken });
    await clock.advance(9000);
    expect((await sfn.describeExecution({ executionArn })).status).toBe('RUNNING');
    await clock.advance(2000);
    expect((await sfn.describeExecution({ executionArn })).status).toBe('FAILED');
    expect(await typesOf(executionArn)).toContain('ActivityTimedOut');
  });

  test('a task of an activity that does not exist ends the execution', async () => {
    const { activityArn = '' } = await sfn.createActivity({ name: 'gone' });
    const machine = await machineOf(activityArn, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Work' }] });
    await sfn.deleteActivity({ activityArn });
    const executionArn = await start(machine);
    const { status, cause } = await sfn.describeExecution({ executionArn });
    expect(status).toBe('FAILED');
    expect(cause).toContain(`The activity ${activityArn} does not exist.`);
  });
});

test('what has ended is told of in the words of AWS', async () => {
  await expect(sfn.sendTaskSuccess({ taskToken: 'none', output: '{}' })).rejects.toThrow(
    "Invalid Token: 'Invalid token'",
  );
  const definition = JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 60, End: true } } });
  const { stateMachineArn } = await sfn.createStateMachine({ name: 'waiting', definition, roleArn });
  const { executionArn } = await sfn.startExecution({ stateMachineArn });
  await sfn.stopExecution({ executionArn });
  const { events } = await sfn.getExecutionHistory({ executionArn, reverseOrder: true });
  expect(events?.[0]).toMatchObject({ type: 'ExecutionAborted', executionAbortedEventDetails: {} });
});

test('variables are listed by the states that refer to them, not those that expressions bind themselves', async () => {
  const { stateMachineArn } = await sfn.createStateMachine({
    name: 'variables',
    roleArn,
    definition: JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { rate: 2, items: [1] }, Next: 'Use' },
        Use: {
          Type: 'Pass',
          Output: '{% ( $own := 3; $map($items, function($i) { $i * $rate * $own + $states.input.x }) ) %}',
          End: true,
        },
      },
    }),
  });
  const { variableReferences } = await sfn.describeStateMachine({ stateMachineArn });
  expect(variableReferences).toEqual({ Use: ['items', 'rate'] });
});

test('at most 1,000 workers wait for one activity', async () => {
  const { activityArn } = await sfn.createActivity({ name: 'crowded' });
  const caller = { kind: 'root', arn: 'test' } as const;
  const ask = () => runtime.world.call(caller, 'states', 'GetActivityTask', { activityArn });
  const waiting = Promise.all(Array.from({ length: 1_000 }, ask));
  await expect(sfn.getActivityTask({ activityArn })).rejects.toMatchObject({ name: 'ActivityWorkerLimitExceeded' });
  await clock.advance(60_000);
  expect(new Set((await waiting).map((it) => JSON.stringify(it)))).toEqual(new Set(['{"taskToken":null}']));
});

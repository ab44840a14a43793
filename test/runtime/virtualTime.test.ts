/** With the test clock a month passes in seconds: Step Functions and EventBridge over the official clients. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskHeartbeatCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { testClock, type TestClock } from '../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../runtime/index.ts';
import { AwsError } from '../../runtime/operation.ts';
import { events } from '../../runtime/services/events/index.ts';
import { states } from '../../runtime/services/states/index.ts';
import { lambdaStub } from '../fixtures/lambdaStub.ts';

const hour = 3_600_000;
const day = 24 * hour;

let dataDir: string;
let clock: TestClock;
let runtime: Runtime;
let calls: { at: number; event: { token?: string } }[];
let fault: AwsError | undefined;

const lambda = lambdaStub(({ event }) => {
  calls.push({ at: clock.now(), event: event as { token?: string } });
  if (fault) throw fault;
  return { payload: 'done' };
});

/** Requests are signed with the time the runtime has. */
const config = () => ({
  endpoint: runtime.endpoint,
  region: runtime.region,
  credentials: runtime.credentials,
  systemClockOffset: clock.now() - Date.now(),
  maxAttempts: 1,
});
const sfn = () => new SFNClient(config());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtual-'));
  clock = testClock(Date.now());
  calls = [];
  fault = undefined;
  runtime = await openRuntime({ dataDir, clock, services: [lambda, events, states] });
});
afterEach(async () => {
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = async (States: Record<string, object>) => {
  const [StartAt] = Object.keys(States);
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States });
  const roleArn = 'arn:aws:iam::000000000000:role/machine';
  const { stateMachineArn } = await sfn().send(new CreateStateMachineCommand({ name: 'm', roleArn, definition }));
  const { executionArn = '' } = await sfn().send(new StartExecutionCommand({ stateMachineArn }));
  return executionArn;
};
const describeRun = (executionArn: string) => sfn().send(new DescribeExecutionCommand({ executionArn }));

/**
 * Rings one alarm after the other until `holds`; fails after `most` of virtual time. Without an alarm something is under way,
 * such as a write that must be safe before a call is made: then time stands still until it is done.
 */
const pass = async (holds: () => boolean | Promise<boolean>, most: number) => {
  const end = clock.now() + most;
  while (!(await holds())) {
    const next = clock.next();
    if (next === undefined) await new Promise((wake) => setTimeout(wake, 1));
    else if (next > end) throw new Error(`It did not hold within ${most / hour} hours: ${String(holds)}`);
    else await clock.advanceTo(next);
  }
};
const ended = async (arn: string, most: number) => {
  await pass(async () => (await describeRun(arn)).status !== 'RUNNING', most);
  return describeRun(arn);
};
const hoursBetween = (times: readonly number[]) => times.slice(1).map((at, i) => (at - (times[i] ?? 0)) / hour);

const invoke = (more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: {} },
  ...more,
});

test('a month of waits', async () => {
  const began = clock.now();
  const loop = {
    Begin: { Type: 'Pass', Assign: { days: 0 }, Next: 'Night' },
    Night: { Type: 'Wait', Seconds: 86_400, Assign: { days: '{% $days + 1 %}' }, Next: 'Enough' },
    Enough: { Type: 'Choice', Choices: [{ Condition: '{% $days = 30 %}', Next: 'End' }], Default: 'Night' },
    End: { Type: 'Succeed', Output: '{% $days %}' },
  };
  const run = await ended(await start(loop), 31 * day);
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: '30' });
  expect((run.stopDate?.getTime() ?? 0) - began).toBe(30 * day);
});

test('retries back off, up to their limit, for weeks', async () => {
  fault = new AwsError('TooManyRequestsException', 'Rate exceeded', 429);
  const retry = { ErrorEquals: ['States.ALL'], IntervalSeconds: 3600, MaxAttempts: 8, MaxDelaySeconds: 172_800 };
  const run = await ended(
    await start({ Task: invoke({ Retry: [{ ...retry, BackoffRate: 3 }], End: true }) }),
    31 * day,
  );
  expect(run).toMatchObject({ status: 'FAILED', error: 'Lambda.TooManyRequestsException' });
  expect(hoursBetween(calls.map(({ at }) => at))).toEqual([1, 3, 9, 27, 48, 48, 48, 48]);
});

test('jitter takes a part of each delay, never more than it', async () => {
  fault = new AwsError('TooManyRequestsException', 'Rate exceeded', 429);
  const retry = { ErrorEquals: ['States.ALL'], IntervalSeconds: 86_400, MaxAttempts: 6, BackoffRate: 1 };
  await ended(await start({ Task: invoke({ Retry: [{ ...retry, JitterStrategy: 'FULL' }], End: true }) }), 31 * day);
  const delays = hoursBetween(calls.map(({ at }) => at));
  expect(delays).toHaveLength(6);
  for (const delay of delays) expect(delay).toBeLessThanOrEqual(24);
  expect(new Set(delays).size).toBeGreaterThan(1);
});

test('heartbeats keep a task alive for days; when they stay away it times out', async () => {
  const arn = await start({
    Task: {
      ...invoke({ HeartbeatSeconds: 7200, End: true }),
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
    },
  });
  await pass(() => calls.length > 0, hour);
  const taskToken = calls[0]?.event.token;
  for (let beats = 0; beats < 48; beats++) {
    await clock.advance(1.5 * hour);
    await sfn().send(new SendTaskHeartbeatCommand({ taskToken }));
  }
  const last = clock.now();
  const run = await ended(arn, day);
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect((run.stopDate?.getTime() ?? 0) - last).toBe(2 * hour);
});

test('a time-out of a month is met to the second', async () => {
  const began = clock.now();
  const arn = await start({
    Task: {
      ...invoke({ TimeoutSeconds: 30 * 86_400, End: true }),
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    },
  });
  const run = await ended(arn, 31 * day);
  expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect((run.stopDate?.getTime() ?? 0) - began).toBe(30 * day);
});

test('EventBridge tries a target again for a day', async () => {
  fault = new AwsError('ServiceException', 'not now', 500);
  const client = new EventBridgeClient(config());
  await client.send(new PutRuleCommand({ Name: 'r', EventPattern: JSON.stringify({ source: ['test'] }) }));
  const Arn = 'arn:aws:lambda:eu-west-1:000000000000:function:f';
  await client.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn }] }));
  const began = clock.now();
  await client.send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'x', Detail: '{}' }] }));
  await pass(() => clock.now() - began >= 12 * hour, 13 * hour);
  fault = undefined;
  const before = calls.length;
  expect(before).toBeGreaterThan(5);
  await pass(() => calls.length > before, 12 * hour);
  await clock.advance(day);
  expect(calls).toHaveLength(before + 1);
});

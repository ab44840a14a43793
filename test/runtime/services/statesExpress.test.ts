import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { calls, openStatesWorld, type StatesWorld } from './statesWorld.ts';

let world: StatesWorld;
beforeEach(async () => {
  world = await openStatesWorld({ double: (event) => (event as number) * 2 });
});
afterEach(() => world.close());

const express = { type: 'EXPRESS' } as const;
const doubles = { StartAt: 'Double', States: { Double: calls('double') } };
const waits = (Seconds: number) => ({
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds, Next: 'Double' }, Double: calls('double') },
});
const startSync = (stateMachineArn: string, input: string, more: object = {}) =>
  world.sfn().send(new StartSyncExecutionCommand({ stateMachineArn, input, ...more }));

describe('StartSyncExecution', () => {
  test('answers with what came out', async () => {
    const machine = await world.create('doubles', doubles, express);
    const answer = await startSync(machine, '21', { name: 'mine', traceHeader: 'Root=1' });
    expect(answer).toMatchObject({
      status: 'SUCCEEDED',
      output: '42',
      outputDetails: { included: true },
      input: '21',
      name: 'mine',
      traceHeader: 'Root=1',
      stateMachineArn: machine,
      billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 },
    });
    expect(answer.executionArn).toMatch(/^arn:aws:states:eu-west-1:\d{12}:express:doubles:mine:[0-9a-f-]{36}$/);
  });

  test('answers also when the execution failed', async () => {
    const fails = { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'Refused', Cause: 'because' } } };
    const answer = await startSync(await world.create('fails', fails, express), '{}');
    expect(answer).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'because' });
    expect(answer.output).toBeUndefined();
  });

  test('gives up after five minutes', async () => {
    const machine = await world.create('waits', waits(400), express);
    const asked = startSync(machine, '1');
    const answer = await world.whileTimePasses(asked);
    expect(answer).toMatchObject({
      status: 'TIMED_OUT',
      error: 'States.Timeout',
      billingDetails: { billedDurationInMilliseconds: 300_000 },
    });
    expect(Number(answer.stopDate) - Number(answer.startDate)).toBe(300_000);
  });

  test('is for Express machines', async () => {
    await expect(startSync(await world.create('standard', doubles), '1')).rejects.toMatchObject({
      name: 'StateMachineTypeNotSupported',
      message: 'This operation is not supported by this type of state machine',
    });
  });
});

describe('StartExecution', () => {
  test('starts another execution however often a name is used', async () => {
    const machine = await world.create('doubles', doubles, express);
    const arns = [await world.start(machine, 1, 'same'), await world.start(machine, 1, 'same')];
    expect(new Set(arns).size).toBe(2);
    await world.until(() => world.invoked.length === 2);
  });

  test('what was started runs after a restart, from its beginning', async () => {
    const machine = await world.create('waits', waits(60), express);
    await world.start(machine, 1);
    await world.restart();
    expect(world.invoked).toEqual([]);
    await world.clock.advance(60_000);
    await world.until(() => world.invoked.length === 1);
    await world.restart();
    await world.clock.advance(60_000);
    expect(world.invoked).toEqual(['double']);
  });

  test('a Standard execution starts an Express one and goes on', async () => {
    const machine = await world.create('waits', waits(60), express);
    const parent = await world.create('parent', {
      StartAt: 'Start',
      States: {
        Start: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution',
          Arguments: { StateMachineArn: machine, Input: 4 },
          End: true,
        },
      },
    });
    const run = await world.start(parent);
    await world.until(async () => (await world.describe(run)).status !== 'RUNNING');
    const { output = '{}' } = await world.describe(run);
    expect(JSON.parse(output)).toMatchObject({
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
    expect(output).toContain(':express:waits:');
    expect(world.invoked).toEqual([]);
    await world.clock.advance(60_000);
    await world.until(() => world.invoked.length === 1);
  });
});

test('there is nothing to describe, stop, list or read back', async () => {
  const machine = await world.create('doubles', doubles, express);
  const executionArn = await world.start(machine, 1);
  const refusal = { name: 'InvalidArn', message: "Invalid Arn: 'Resource type not valid in this context: express'" };
  await expect(world.sfn().send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject(refusal);
  await expect(world.sfn().send(new StopExecutionCommand({ executionArn }))).rejects.toMatchObject(refusal);
  await expect(world.sfn().send(new GetExecutionHistoryCommand({ executionArn }))).rejects.toMatchObject(refusal);
  await expect(world.sfn().send(new ListExecutionsCommand({ stateMachineArn: machine }))).rejects.toMatchObject({
    name: 'StateMachineTypeNotSupported',
  });
});

test.each([
  [
    '.sync',
    'arn:aws:states:::states:startExecution.sync',
    "Express state machine does not support '.sync' service integration",
  ],
  [
    '.waitForTaskToken',
    'arn:aws:states:::lambda:invoke.waitForTaskToken',
    "Express state machine does not support '.waitForTaskToken' service integration",
  ],
  [
    'an activity',
    'arn:aws:states:eu-west-1:000000000000:activity:a',
    'Express state machine does not support Activity ARN',
  ],
])('a machine with %s is refused', async (_, Resource, message) => {
  const definition = { StartAt: 'A', States: { A: { Type: 'Task', Resource, End: true } } };
  await expect(world.create('refused', definition, express)).rejects.toMatchObject({
    name: 'InvalidDefinition',
    message: `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${message} at /States/A/Resource'`,
  });
});

test('a machine with a distributed Map is refused', async () => {
  const definition = {
    StartAt: 'A',
    States: {
      A: {
        Type: 'Map',
        End: true,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          StartAt: 'P',
          States: { P: { Type: 'Pass', End: true } },
        },
      },
    },
  };
  await expect(world.create('refused', definition, express)).rejects.toMatchObject({ name: 'InvalidDefinition' });
});

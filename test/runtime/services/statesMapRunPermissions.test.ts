/** A map run starts and redrives its children as the machine's role, which must be allowed to. */
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { calls, openStatesWorld, type StatesWorld } from './statesWorld.ts';

const of = 'arn:aws:states:eu-west-1:000000000000';
let world: StatesWorld;
let broken = true;

beforeEach(async () => {
  broken = true;
  world = await openStatesWorld({
    item(n) {
      if (broken) throw new Error('down');
      return n;
    },
  });
});
afterEach(() => world.close());

const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;

/** Leaves the machine's role nothing but these permissions. */
const allowOnly = (...allowed: [action: string, resource: string][]) =>
  world.runtime.world.call(root, 'iam', 'PutRolePolicy', {
    RoleName: 'machine',
    PolicyName: 'all',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
    }),
  });

const machine = (ExecutionType = 'STANDARD') =>
  world.create('machine', {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'each',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
          StartAt: 'Item',
          States: { Item: calls('item') },
        },
        End: true,
      },
    },
  });
const start: [string, string] = ['states:StartExecution', `${of}:stateMachine:machine`];

test('starting children needs states:StartExecution on the machine itself', async () => {
  await allowOnly(['states:StartExecution', `${of}:stateMachine:other`]);
  broken = false;
  const run = await world.start(await machine(), [1]);
  const { status, error, cause } = await world.ended(run);
  expect([status, error]).toEqual(['FAILED', 'States.Permissions']);
  expect(cause).toMatch(
    /^User: arn:aws:sts::000000000000:assumed-role\/machine\/\S+ is not authorized to perform: states:StartExecution on resource: arn:aws:states:eu-west-1:000000000000:stateMachine:machine because/,
  );
  expect((await world.history(run)).map(({ type }) => type).slice(3)).toEqual([
    'MapRunStarted',
    'MapRunFailed',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
  expect(world.invoked).toEqual([]);
  await allowOnly(start);
  await world.sfn().send(new RedriveExecutionCommand({ executionArn: run }));
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', output: '[1]' });
});

test('redriving Standard children needs states:RedriveExecution on them', async () => {
  await allowOnly(start);
  const run = await world.start(await machine(), [1]);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  broken = false;
  await world.sfn().send(new RedriveExecutionCommand({ executionArn: run }));
  const { error, cause } = await world.ended(run);
  expect(error).toBe('States.Permissions');
  expect(cause).toContain(`states:RedriveExecution on resource: ${of}:execution:machine/each:`);
  await allowOnly(start, ['states:RedriveExecution', `${of}:execution:machine/each:*`]);
  await world.sfn().send(new RedriveExecutionCommand({ executionArn: run }));
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
});

test('Express children are started again with the permission they were started with', async () => {
  await allowOnly(start);
  const run = await world.start(await machine('EXPRESS'), [1]);
  expect(await world.ended(run)).toMatchObject({ status: 'FAILED' });
  broken = false;
  await world.sfn().send(new RedriveExecutionCommand({ executionArn: run }));
  expect(await world.ended(run)).toMatchObject({ status: 'SUCCEEDED' });
});

/** What goes on at a start beside executions that are still to be resumed. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { calls, openStatesWorld, type StatesWorld } from './statesWorld.ts';

let world: StatesWorld;
let held = true;
let release = () => {};
const released = new Promise<void>((resolve) => (release = resolve));

beforeAll(async () => {
  world = await openStatesWorld({
    // Until the restart nobody answers.
    gate: () => (held ? new Promise(() => undefined) : {}),
    effect: () => released.then(() => ({})),
  });
});
afterAll(() => world.close());

test('an execution that a resumed one starts is not resumed itself', async () => {
  const child = await world.create('child', { StartAt: 'Effect', States: { Effect: calls('effect') } });
  const parent = await world.create('parent', {
    StartAt: 'Gate',
    States: {
      Gate: calls('gate', { Next: 'Child' }),
      Child: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution',
        Arguments: { StateMachineArn: child, Name: 'only', Input: {} },
        End: true,
      },
    },
  });
  const sleeper = await world.create('sleeper', {
    StartAt: 'Sleep',
    States: { Sleep: { Type: 'Wait', Seconds: 86_400, End: true } },
  });
  const began = await world.start(parent);
  for (let n = 0; n < 40; n++) await world.start(sleeper);
  await world.until(() => world.invoked.includes('gate'));
  held = false;
  await world.restart();
  await world.until(() => world.invoked.includes('effect'));
  release();
  await world.ended(began);
  const only = `${child.replace(':stateMachine:', ':execution:')}:only`;
  await world.ended(only);
  expect(world.invoked.filter((name) => name === 'effect')).toHaveLength(1);
  expect((await world.history(only)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

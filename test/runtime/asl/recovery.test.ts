/** What was journalled is enough: cut the journal anywhere, and the execution ends as if nothing had happened. */
import { expect, test } from '@jest/globals';
import type { TaskCommand } from '../../../runtime/asl/execution.ts';
import { readMachine } from '../../../runtime/asl/machine.ts';
import { collecting } from '../../../runtime/asl/history.ts';
import { newExecution, step } from '../../../runtime/asl/step.ts';
import { identity, play, playOn, type Perform } from './rig.ts';

const task = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { n: '{% $states.input %}' },
  End: true,
  ...more,
});

/** Everything an execution can wait for: tasks, tokens, waits, retries, branches, items, randomness, time limits. */
const machine = readMachine({
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 100_000,
  StartAt: 'Draw',
  States: {
    Draw: {
      Type: 'Pass',
      Assign: { id: '{% $uuid() %}', die: '{% $random() %}' },
      Output: '{% $now() %}',
      Next: 'Wait',
    },
    Wait: { Type: 'Wait', Seconds: 30, Next: 'Flaky' },
    Flaky: task({
      Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 5, JitterStrategy: 'FULL' }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Both' }],
      End: undefined,
      Next: 'Both',
    }) as never,
    Both: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Token',
          States: {
            Token: task({
              Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
              Arguments: '{% $states.context.Task.Token %}',
            }) as never,
          },
        },
        {
          StartAt: 'Nap',
          States: { Nap: { Type: 'Wait', Seconds: 7, Next: 'Last' }, Last: task({ Arguments: '{% $id %}' }) as never },
        },
      ],
      Next: 'Items',
    },
    Items: {
      Type: 'Map',
      Items: [1, 2, 3, 4, 5],
      MaxConcurrency: 2,
      ItemProcessor: { StartAt: 'Item', States: { Item: task() as never } },
      Output: { results: '{% $states.result %}', id: '{% $id %}', die: '{% $die %}' },
      End: true,
    },
  },
});

/** Answers by what it is asked alone, so that an answer lost in a crash is given again. */
const world = () => {
  const asked: TaskCommand[] = [];
  const tries = new Map<string, number>();
  const perform: Perform = (it, tell) => {
    asked.push(it);
    if (it.state === 'Flaky') {
      const count = (tries.get('Flaky') ?? 0) + 1;
      tries.set('Flaky', count);
      tell({ kind: 'failed', error: 'Flaky', cause: 'always' });
    } else if (it.token !== undefined) {
      if (it.submitted === undefined) tell({ kind: 'submitted', output: { MessageId: 'm' } });
      tell({ kind: 'succeeded', output: 'by token' });
    } else tell({ kind: 'succeeded', output: { did: it.input } });
  };
  return { asked, perform };
};

test('a journal cut after any entry leads to the same end, through the same history', async () => {
  const whole = world();
  const expected = await play(machine, {}, whole.perform);
  expect(expected.execution.status).toBe('SUCCEEDED');
  expect(expected.entries.length).toBeGreaterThan(15);

  for (let kept = 1; kept <= expected.entries.length; kept++) {
    const rest = world();
    const before = structuredClone(expected.entries.slice(0, kept));
    const { execution, history } = await playOn(machine, before, rest.perform);
    expect([kept, execution.status]).toEqual([kept, 'SUCCEEDED']);
    expect(execution.output).toEqual(expected.execution.output);
    expect(history.map(({ id }) => id)).toEqual(history.map((_, i) => i + 1));
    expect(history.map(({ type }) => type).toSorted()).toEqual([...expected.types].toSorted());
    // A task without a recorded answer is asked for again: the same task, to the letter.
    for (const again of rest.asked) {
      const first = whole.asked.find(({ id }) => id === again.id);
      expect({ ...again, submitted: undefined, deadline: undefined }).toEqual({
        ...first,
        submitted: undefined,
        deadline: undefined,
      });
    }
  }
});

test('replaying a journal writes the history that was written', async () => {
  const { entries } = await play(machine, {}, world().perform);
  const execution = newExecution(identity);
  for (const { event, history } of entries) {
    const { events, ...chronicle } = collecting(event.at);
    await step(machine, execution, event, chronicle);
    expect(events).toEqual(history);
  }
});

import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../runtime/asl/json.ts';
import { readMachine } from '../../../runtime/asl/machine.ts';
import { identity, openRig, play, type Perform } from './rig.ts';

const task = (more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  End: true,
  ...more,
});
const only = (state: JsonObject, more: JsonObject = {}): JsonObject => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Only',
  States: { Only: { End: true, ...state } },
  ...more,
});
const failing =
  (error: string, times = Infinity): Perform =>
  (it, tell) =>
    times-- > 0
      ? tell({ kind: 'failed', error, cause: `cause ${error}` })
      : tell({ kind: 'succeeded', output: it.input });

describe('retry', () => {
  const retry = (retrier: JsonObject): JsonObject => only(task({ Retry: [{ ErrorEquals: ['E'], ...retrier }] }));

  test('waits longer each time: interval × backoff, up to the longest delay', async () => {
    const { execution, took } = await play(
      retry({ IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 20 }),
      {},
      failing('E'),
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'E', cause: 'cause E' });
    expect(took).toBe((2 + 6 + 18 + 20) * 1000);
  });
  test('by default three times after 1, 2 and 4 seconds', async () => {
    const { types, took } = await play(retry({}), {}, failing('E'));
    expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(4);
    expect(took).toBe(7000);
  });
  test('full jitter is somewhere between at once and the whole delay, and the same in a replay', async () => {
    const delays = await Promise.all(
      [1, 2].map(
        async () =>
          (await play(retry({ IntervalSeconds: 100, JitterStrategy: 'FULL', MaxAttempts: 1 }), {}, failing('E', 1)))
            .took,
      ),
    );
    expect(delays[0]).toBeGreaterThan(0);
    expect(delays[0]).toBeLessThan(100_000);
    expect(delays[1]).toBe(delays[0]);
  });
  test('each retrier counts for itself', async () => {
    const errors = ['A', 'B', 'A', 'B', 'A'];
    const perform: Perform = (_, tell) => tell({ kind: 'failed', error: errors.shift() ?? 'none', cause: '' });
    const retriers = [
      { ErrorEquals: ['A'], MaxAttempts: 2 },
      { ErrorEquals: ['B'], MaxAttempts: 2 },
    ];
    expect((await play(only(task({ Retry: retriers })), {}, perform)).execution.error).toBe('A');
    expect(errors).toHaveLength(0);
  });
  test.each([
    ['States.ALL', 'Anything', true],
    ['States.TaskFailed', 'Anything', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.Runtime', 'States.Runtime', false],
  ])('%s means %s: %p', async (name, error, means) => {
    const machine = only(task({ Catch: [{ ErrorEquals: [name], Next: 'Caught' }] }));
    (machine['States'] as JsonObject)['Caught'] = { Type: 'Succeed' };
    expect((await play(machine, {}, failing(error))).execution.status).toBe(means ? 'SUCCEEDED' : 'FAILED');
  });
});

describe('time', () => {
  test('a task that takes too long is timed out and may be caught', async () => {
    const machine = only(
      task({
        TimeoutSeconds: 30,
        Catch: [{ ErrorEquals: ['States.Timeout'], Output: '{% $states.errorOutput %}', Next: 'Late' }],
      }),
    );
    (machine['States'] as JsonObject)['Late'] = { Type: 'Succeed' };
    const { execution, types, took } = await play(machine);
    expect(execution.output).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(types).toContain('TaskTimedOut');
    expect(took).toBe(30_000);
  });
  test('an execution that takes too long is timed out whatever it does', async () => {
    const { execution, history } = await play(only({ Type: 'Wait', Seconds: 500 }, { TimeoutSeconds: 100 }));
    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: undefined });
    const details = { error: 'States.Timeout' };
    expect(history.at(-1)).toMatchObject({ type: 'ExecutionTimedOut', previousEventId: 0, details });
  });
  test('a Standard execution lasts a year at most', async () => {
    const { execution, took } = await play(only(task()));
    expect(execution.status).toBe('TIMED_OUT');
    expect(took).toBe(365 * 24 * 3600 * 1000);
  });
});

describe('branches and items', () => {
  const inside = (state: JsonObject): JsonObject => ({ StartAt: 'In', States: { In: { End: true, ...state } } });

  test('inner states read outer variables; what they assign stays inside', async () => {
    const { execution } = await play({
      QueryLanguage: 'JSONata',
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Both' },
        Both: {
          Type: 'Parallel',
          Branches: [
            inside({ Type: 'Pass', Assign: { inner: 2 }, Output: '{% $outer + 10 %}' }),
            inside({ Type: 'Pass', Output: '{% $exists($inner) %}' }),
          ].map((b, i) => ({
            StartAt: `In${i}`,
            States: { [`In${i}`]: (b['States'] as JsonObject)['In'] as Json },
          })),
          End: true,
        },
      },
    });
    expect(execution.output).toEqual([11, false]);
  });
  test('a failed branch gives up the others', async () => {
    const asked: string[] = [];
    const { execution, types } = await play(
      only({
        Type: 'Parallel',
        Branches: [
          inside(task({ Arguments: 'slow' })),
          { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Broken' } } },
        ],
      }),
      {},
      ({ state }) => asked.push(state),
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Broken', pending: {}, threads: {} });
    expect(types).toEqual(expect.arrayContaining(['TaskStateAborted', 'ParallelStateFailed', 'ExecutionFailed']));
  });
  test('an inline Map bears as many failures as it is told to', async () => {
    const map = (tolerated: JsonObject) =>
      play(
        only({
          Type: 'Map',
          Items: [1, 2, 3, 4],
          ItemProcessor: inside(task({ Arguments: '{% $states.input %}' })),
          ...tolerated,
        }),
        {},
        (it, tell) =>
          it.input === 2 ? tell({ kind: 'failed', error: 'Two' }) : tell({ kind: 'succeeded', output: it.input }),
      );
    expect((await map({})).execution).toMatchObject({ status: 'FAILED', error: 'Two' });
    expect((await map({ ToleratedFailurePercentage: 25 })).execution).toMatchObject({
      status: 'SUCCEEDED',
      output: [1, 3, 4],
    });
    expect((await map({ ToleratedFailureCount: 0 })).execution).toMatchObject({
      error: 'States.ExceedToleratedFailureThreshold',
    });
  });
  test('ten thousand items end in order, and a full history ends the execution', async () => {
    const map: JsonObject = only({ Type: 'Map', Items: '{% [1..10000] %}', ItemProcessor: inside({ Type: 'Pass' }) });
    const { execution, history } = await play(map);
    expect(execution).toMatchObject({
      status: 'FAILED',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(history).toHaveLength(25_000);
    const few = await play(only({ Type: 'Map', Items: '{% [1..5000] %}', ItemProcessor: inside({ Type: 'Pass' }) }));
    expect(few.execution.output).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
  });
});

describe('data', () => {
  test('JSONata sees the time of the event, and what it draws is drawn once', async () => {
    const rig = openRig(() => undefined, Date.UTC(2030, 0, 2, 3, 4, 5));
    const { execution } = rig.engine.start(
      readMachine(
        only({ Type: 'Pass', Output: ['{% $now() %}', '{% $uuid() != $uuid() %}', '{% $random(7) = $random(7) %}'] }),
      ),
      identity,
      {},
      's',
    );
    await rig.settle(execution);
    expect(execution.output).toEqual(['2030-01-02T03:04:05.000Z', true, true]);
  });
  test.each<[string, RegExp]>([
    ['{% $nothing %}', /returned nothing \(undefined\)/],
    ['{% $eval("1") %}', /T1006: Attempted to invoke a non-function/],
    ['{% ($f := function($n) { $f($n + 1) }; $f(0)) %}', /threw an error during evaluation/],
    ['{% $sum %}', /unsupported result type/],
  ])('%s fails with States.QueryEvaluationError', async (Output, cause) => {
    const { execution, history } = await play(only({ Type: 'Pass', Output }));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(execution.cause).toMatch(cause);
    expect(history.at(-2)).toMatchObject({ type: 'EvaluationFailed', details: { location: 'Output', state: 'Only' } });
  });
  test('a result above 256 KiB fails its task, and can be caught', async () => {
    const machine = only(task({ Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Large' }] }));
    (machine['States'] as JsonObject)['Large'] = { Type: 'Succeed', Output: 'too large' };
    const { execution } = await play(machine, {}, (_, tell) =>
      tell({ kind: 'succeeded', output: 'x'.repeat(262_144) }),
    );
    expect(execution.output).toBe('too large');
  });
  test.each([
    [{ Condition: false, Next: 'Done' }, 'JSONata'],
    [{ Variable: '$', IsNull: true, Next: 'Done' }, 'JSONPath'],
  ])('a Choice that leads nowhere ends the execution: %j', async (rule, QueryLanguage) => {
    const { execution } = await play({
      QueryLanguage,
      StartAt: 'Choose',
      States: { Choose: { Type: 'Choice', Choices: [rule] }, Done: { Type: 'Succeed' } },
    });
    expect(execution).toMatchObject({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });
  test('keys such as __proto__ are data', async () => {
    const input = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as Json;
    const { execution } = await play(
      {
        StartAt: 'P',
        States: { P: { Type: 'Pass', Parameters: { 'c.$': '$.constructor' }, ResultPath: '$.out', End: true } },
      },
      input,
    );
    expect(JSON.stringify(execution.output)).toBe('{"__proto__":{"polluted":true},"constructor":1,"out":{"c":1}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

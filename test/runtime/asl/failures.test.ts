/** What executions fail with, and what their histories say of it: texts and numbering as AWS has them. */
import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../runtime/asl/json.ts';
import { play, type Perform } from './rig.ts';

const end = { End: true };
const only = (state: JsonObject): JsonObject => ({ StartAt: 'S', States: { S: state } });
const block = (name: string, state: JsonObject): JsonObject => ({ StartAt: name, States: { [name]: state } });
const pass: JsonObject = { Type: 'Pass', ...end };
const task: JsonObject = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', ...end };
const broken: JsonObject = { Type: 'Fail', Error: 'E', Cause: 'c' };
const never: Perform = () => undefined;

test.each<[string, JsonObject, Json, string]>([
  [
    'no rule of a Choice state applies',
    { Type: 'Choice', Choices: [{ Variable: '$.x', StringEquals: 'no', Next: 'S' }] },
    { x: 1 },
    'Failed to transition out of the state. The state does not point to a next state.',
  ],
  [
    'ErrorPath finds nothing',
    { Type: 'Fail', ErrorPath: '$.none' },
    { x: 1 },
    "The JSONPath '$.none' specified for the field 'ErrorPath' could not be found in the input '{\"x\":1}'",
  ],
  [
    'SecondsPath leads to an object',
    { Type: 'Wait', SecondsPath: '$.x', ...end },
    { x: { raw: '3' } },
    'The SecondsPath parameter cannot be parsed as a long value: $.x == {"raw":"3"}',
  ],
  [
    'ItemsPath leads to no array',
    { Type: 'Map', ItemsPath: '$.x', ItemProcessor: block('I', pass), ...end },
    { x: 1 },
    'Reference path "$.x" must point to array.',
  ],
  [
    'a path is to be followed from null',
    { Type: 'Pass', Parameters: { 'x.$': '$' }, ...end },
    null,
    'Unable to apply Path transformation to null or empty input.',
  ],
  [
    'InputPath asks an index of a number',
    { Type: 'Pass', InputPath: '$.x[0]', ...end },
    { x: 1 },
    "Invalid path '$.x[0]' : Filter: [0] can only be applied to arrays. Current context is: 1",
  ],
])('%s', async (_, state, input, what) => {
  const { execution } = await play(only(state), input);
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `An error occurred while executing the state 'S' (entered at the event id #2). ${what}`,
  });
});

test.each<[string, JsonObject, Json, Json]>([
  ['a text of digits is a number of seconds', { Type: 'Wait', SecondsPath: '$.x', ...end }, { x: '3' }, { x: '3' }],
  [
    'an index behind the end of an array is null',
    { Type: 'Pass', Parameters: { 'x.$': '$.x[5]' }, ...end },
    { x: [1] },
    { x: null },
  ],
  [
    'a reference path that leads nowhere can be caught',
    {
      Type: 'Map',
      ItemsPath: '$.a.items',
      ItemProcessor: block('I', pass),
      Catch: [{ ErrorEquals: ['States.ReferencePathConflict'], Next: 'Caught' }],
      ...end,
    },
    { a: {} },
    { Error: 'States.ReferencePathConflict', Cause: 'Unable to apply step "items" to input {"a":{}}' },
  ],
  [
    '__proto__ is a name like any other in a template',
    { Type: 'Pass', Parameters: JSON.parse('{"__proto__":{"x.$":"$.x"}}') as Json, ...end },
    { x: 1 },
    JSON.parse('{"__proto__":{"x":1}}') as Json,
  ],
])('%s', async (_, state, input, output) => {
  const { execution } = await play({ StartAt: 'S', States: { S: state, Caught: { Type: 'Succeed' } } }, input);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(JSON.stringify(execution.output)).toBe(JSON.stringify(output));
});

describe('the history of what goes on at once', () => {
  /** `TaskFailed<6`: the event and the one it follows. */
  const told = async (state: JsonObject, input: Json = {}, perform: Perform = never) =>
    (await play({ StartAt: 'S', States: { S: state, Caught: pass } }, input, perform)).history.map(
      ({ type, previousEventId }) => `${type}<${previousEventId}`,
    );
  const parallel = (branches: JsonObject[], more: JsonObject = {}): JsonObject => ({
    Type: 'Parallel',
    Branches: branches,
    ...end,
    ...more,
  });
  const opening = ['ExecutionStarted<0', 'ParallelStateEntered<0', 'ParallelStateStarted<2'];

  test('a task that fails its branch is aborted beside the failure', async () => {
    const caught = parallel([block('T', task)], { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] });
    expect(await told(caught, {}, (_, tell) => tell({ kind: 'failed', error: 'E' }))).toEqual([
      ...opening,
      'TaskStateEntered<3',
      'TaskScheduled<4',
      'TaskStarted<5',
      'TaskFailed<6',
      'TaskStateAborted<7',
      'ParallelStateFailed<7',
      'ParallelStateExited<9',
      'PassStateEntered<10',
      'PassStateExited<11',
      'ExecutionSucceeded<12',
    ]);
  });
  test('so is what the other branches were at', async () => {
    expect(
      await told(parallel([block('T', task), block('W', { Type: 'Wait', Seconds: 9, ...end }), block('F', broken)])),
    ).toEqual([
      ...opening,
      'TaskStateEntered<3',
      'TaskScheduled<4',
      'TaskStarted<5',
      'WaitStateEntered<3',
      'FailStateEntered<3',
      'TaskStateAborted<8',
      'WaitStateAborted<8',
      'ParallelStateFailed<8',
      'ExecutionFailed<11',
    ]);
  });
  test('a fault ends the execution at once', async () => {
    const faulty = { ...pass, Parameters: { 'x.$': '$.none' } };
    expect(await told(parallel([block('T', task), block('P', faulty)]))).toEqual([
      ...opening,
      'TaskStateEntered<3',
      'TaskScheduled<4',
      'TaskStarted<5',
      'PassStateEntered<3',
      'ExecutionFailed<7',
    ]);
  });
  test('a fault behind the branches follows their success', async () => {
    expect(await told(parallel([block('P', pass)], { ResultSelector: { 'x.$': '$.none' } }))).toEqual([
      ...opening,
      'PassStateEntered<3',
      'PassStateExited<4',
      'ParallelStateSucceeded<5',
      'ExecutionFailed<6',
    ]);
  });
  test('a retried state starts again without having failed', async () => {
    const retried = parallel([block('F', broken)], { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] });
    expect(await told(retried)).toEqual([
      ...opening,
      'FailStateEntered<3',
      'ParallelStateStarted<4',
      'FailStateEntered<5',
      'ParallelStateFailed<6',
      'ExecutionFailed<7',
    ]);
  });
  test('iterations are aborted before the one that failed is told of', async () => {
    const route: JsonObject = {
      StartAt: 'R',
      States: {
        R: { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'fail', Next: 'F' }], Default: 'T' },
        T: task,
        F: broken,
      },
    };
    const history = await told({ Type: 'Map', ItemProcessor: route, ...end }, ['wait', 'fail']);
    expect(history.slice(12)).toEqual([
      'FailStateEntered<12',
      'MapIterationAborted<13',
      'TaskStateAborted<13',
      'MapIterationFailed<13',
      'MapStateFailed<13',
      'ExecutionFailed<17',
    ]);
  });
});

test.each<[string, string, boolean]>([
  ['log-2030.txt', 'log-*.txt', true],
  ['', '*', true],
  ['a*b', 'a\\*b', true],
  ['aab', 'a\\*b', false],
  ['a\\b', 'a\\\\b', true],
  ['aXbYc', 'a*b*c', true],
  ['ab', 'ab*b', false],
  ['x\ny', 'x*y', true],
  ['a'.repeat(50_000), `${'*a'.repeat(40)}*b`, false],
])('%.9s matches %s: %s', async (value, StringMatches, matches) => {
  const choice = { Type: 'Choice', Choices: [{ Variable: '$', StringMatches, Next: 'Yes' }], Default: 'No' };
  const { history } = await play({ StartAt: 'S', States: { S: choice, Yes: pass, No: pass } }, value);
  expect(history.at(-2)?.details).toMatchObject({ name: matches ? 'Yes' : 'No' });
});

/** What an expression may not do, what Step Functions adds to the language, and how AWS words what fails. */
import { expect, test } from '@jest/globals';
import { evaluateJsonata } from '../../../runtime/asl/jsonata/evaluate.ts';
import { complete } from '../../../runtime/asl/later.ts';
import { play } from './rig.ts';

const evaluate = async (source: string) =>
  complete(evaluateJsonata(source, 'Output', {}, { now: 0, random: { seed: '', drawn: 0 } }));

test.each([
  ['endless recursion', '($f := function() { $f() }; $f())'],
  ['$range without end', '$range(1, 1000000000, 1)'],
  ['a range without end', '[1..1000000000]'],
  ['$eval', "$eval('1 + 1')"],
])('%s fails as an evaluation', async (_, source) => {
  await expect(evaluate(source)).rejects.toMatchObject({ error: 'States.QueryEvaluationError' });
});

test('a regular expression that backtracks without end ends all the same', async () => {
  expect(await evaluate(`$contains('${'a'.repeat(50)}b', /^(a+)+$/)`)).toBe(false);
});

const terms = (count: number) => Array.from({ length: count }, () => '1').join('+');

test.each([
  ['$random(42)', 0.7275636800328681],
  ['$range(0, 6, 2)', [0, 2, 4, 6]],
  ['$range(-1.7, 1, 1)', [-1, 0, 1]],
  ['$range(1, 9, 9)', 1],
  ['$partition([1, 2, 3], 2.9)', [[1, 2], [3]]],
  ['$hash("input", "SHA-1")', '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
  ['1/0', 'Infinity'],
  ['{"k": [0/0]}', { k: ['NaN'] }],
  [terms(100), 100],
])('%s', async (source, expected) => {
  expect(await evaluate(source)).toEqual(expected);
});

test.each([
  ['$states.input.x', ' returned nothing (undefined).'],
  ['$range(1, 3)', ' returned nothing (undefined).'],
  ['$partition([1], 0)', ' returned nothing (undefined).'],
  ['$hash("input")', ' returned nothing (undefined).'],
  [
    '$random("a")',
    ' threw an error during evaluation. T0410: Argument 1 of function "random" does not match function signature',
  ],
  ['$error("boom")', ' threw an error during evaluation. D3137: boom'],
  [
    '$range(1, 360146, 1)',
    ' threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
  ],
  [
    terms(101),
    ' threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive. Depth=101 max=100',
  ],
])('%s fails in the words of AWS', async (source, how) => {
  await expect(evaluate(source)).rejects.toMatchObject({
    explanation: `The JSONata expression '${source}' specified for the field 'Output'${how}`,
  });
});

const jsonata = { QueryLanguage: 'JSONata', StartAt: 'A' };
const end = { Type: 'Succeed' };
const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'B' };

test.each([
  [
    'Choices[1]/Condition',
    {
      Type: 'Choice',
      Choices: [
        { Condition: false, Next: 'B' },
        { Condition: '{% 1 %}', Next: 'B' },
      ],
    },
    "Expected 'boolean', but was 'number' for value: 1",
  ],
  ['Error', { Type: 'Fail', Error: '{% [1] %}' }, "Expected 'string', but was 'array' for value: [1]"],
  ['Seconds', { Type: 'Wait', Seconds: '{% null %}', Next: 'B' }, "Expected 'number', but was 'null' for value: null"],
  ['Timestamp', { Type: 'Wait', Timestamp: '{% 1 %}', Next: 'B' }, "Expected 'string', but was 'number' for value: 1"],
  [
    'TimeoutSeconds',
    { ...invoke, TimeoutSeconds: "{% '1' %}" },
    "Expected 'number', but was 'string' for value: \"1\"",
  ],
])('%s needs a value of its type', async (field, state, what) => {
  const { execution, history } = await play({ ...jsonata, States: { A: state, B: end } });
  expect(execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  expect(execution.cause).toMatch(
    new RegExp(`specified for the field '${field.replaceAll(/[[\]]/g, '\\$&')}' returned an`),
  );
  expect(execution.cause).toContain(`returned an unexpected result type. ${what}`);
  expect(history).toContainEqual(
    expect.objectContaining({ type: 'EvaluationFailed', details: expect.objectContaining({ location: field }) }),
  );
});

test.each([
  ['Choices[0]/Output/v', { Type: 'Choice', Choices: [{ Condition: true, Next: 'B', Output: { v: '{% $none %}' } }] }],
  ['Choices[0]/Assign/v', { Type: 'Choice', Choices: [{ Condition: true, Next: 'B', Assign: { v: '{% $none %}' } }] }],
  [
    'Catch[0]/Output',
    { ...invoke, Arguments: '{% $none %}', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', Output: '{% $none %}' }] },
  ],
])('a fault in %s is told of with its place', async (field, state) => {
  const { execution } = await play({ ...jsonata, States: { A: state, B: end } });
  expect(execution.cause).toContain(`specified for the field '${field}' returned nothing (undefined).`);
});

import { expect, test } from '@jest/globals';
import { sentence, validateDefinition } from '../../../runtime/asl/validate/index.ts';

const machine = (states: object, more: object = {}) =>
  JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
const found = (definition: string, type?: 'EXPRESS') => validateDefinition(definition, type).map(sentence);
const jsonata = { QueryLanguage: 'JSONata' };
const end = { End: true };
const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', ...end };

test.each<[string, string, RegExp[]]>([
  ['is no JSON', 'not a definition', [/INVALID_JSON_DESCRIPTION: Unrecognized token 'not'/]],
  ['lacks fields', '{}', [/These fields are required: \[States, StartAt\] at \/$/]],
  [
    'goes nowhere',
    machine({ A: { Type: 'Pass', Next: 'B' } }),
    [/MISSING_TRANSITION_TARGET: Missing 'Next' target: B at \/States\/A\/Next/],
  ],
  [
    'has a state nobody reaches',
    machine({ A: { Type: 'Pass', ...end }, B: { Type: 'Succeed' } }),
    [/State "B" is not reachable\. at \/States\/B/],
  ],
  ['does not end', machine({ A: { Type: 'Pass' } }), [/One of these fields is required: \[Next, End\] at \/States\/A/]],
  [
    'misspells a field',
    machine({ A: { Type: 'Pass', Ouput: 1, ...end } }, jsonata),
    [/Field 'Ouput' is not supported at \/States\/A\/Ouput/],
  ],
  [
    'mixes the languages',
    machine({ A: { ...invoke, Parameters: {} } }, jsonata),
    [/Field 'Parameters' is not supported with QueryLanguage 'JSONata'/],
  ],
  [
    'goes back to JSONPath',
    machine({ A: { Type: 'Pass', QueryLanguage: 'JSONPath', ...end } }, jsonata),
    [/can not be 'JSONPath' if set to 'JSONata' for whole state machine at \/States\/A$/],
  ],
  [
    'has an unreadable expression',
    machine({ A: { Type: 'Pass', Output: { x: '{% 1 + %}' }, ...end } }, jsonata),
    [/JSONata expression is not valid.* at \/States\/A\/Output\/x/],
  ],
  [
    'has an unreadable path',
    machine({ A: { Type: 'Pass', Parameters: { 'x.$': '$.[' }, ...end } }),
    [
      /The value for the field 'x\.\$' must be a valid JSONPath or a valid intrinsic function call at \/States\/A\/Parameters/,
    ],
  ],
  [
    'puts States.ALL beside others',
    machine({ A: { ...invoke, Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] } }),
    [/States\.ALL must appear alone/],
  ],
  [
    'has a bad retrier',
    machine({ A: { ...invoke, Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5, MaxAttempts: -1 }] } }),
    [/MaxAttempts/, /BackoffRate/],
  ],
  [
    'has a bad timestamp',
    machine({ A: { Type: 'Wait', Timestamp: '2016-12-05T25:29:29Z', ...end } }),
    [/String does not match RFC3339 timestamp at \/States\/A\/Timestamp/],
  ],
  [
    'uses a name twice',
    machine({ A: { Type: 'Parallel', Branches: [JSON.parse(machine({ A: { Type: 'Succeed' } }))], ...end } }),
    [/Duplicate state name: A/],
  ],
])('a machine that %s', (_, definition, expected) => {
  const sentences = found(definition);
  expect(sentences).toHaveLength(expected.length);
  for (const pattern of expected) expect(sentences).toContainEqual(expect.stringMatching(pattern));
});

test('Express machines wait for nobody', () => {
  const sync = machine({ A: { ...invoke, Resource: 'arn:aws:states:::states:startExecution.sync:2' } });
  expect(found(sync)).toEqual([]);
  expect(found(sync, 'EXPRESS')).toEqual([
    "SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' service integration at /States/A/Resource",
  ]);
});

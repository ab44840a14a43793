import { expect, test } from '@jest/globals';
import { sentence, validateDefinition } from '../../../runtime/asl/validate/index.ts';

const machine = (states: object, more: object = {}) =>
  JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
const found = (definition: string, type?: 'EXPRESS') => validateDefinition(definition, type).map(sentence);
const jsonata = { QueryLanguage: 'JSONata' };
const end = { End: true };
const done = { Type: 'Succeed' };
const rule = { Variable: '$.x', IsPresent: true };
const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', ...end };

test.each<[string, string, RegExp[]]>([
  ['is no JSON', 'not a definition', [/INVALID_JSON_DESCRIPTION: Unrecognized token 'not'/]],
  ['lacks fields', '{}', [/These fields are required: \[States, StartAt\] at \/$/]],
  [
    'goes nowhere',
    machine({ A: { Type: 'Pass', Next: 'B' } }),
    [
      /^MISSING_TRANSITION_TARGET: Missing 'Next' target: B at \/States\/A\/Next$/,
      /^MISSING_END_STATE: Workflow has no terminal state at null$/,
    ],
  ],
  [
    'has a state nobody reaches',
    machine({ A: { Type: 'Pass', ...end }, B: { Type: 'Succeed' } }),
    [/State "B" is not reachable\. at \/States\/B/],
  ],
  [
    'has a state with no way on',
    machine({ A: { Type: 'Choice', Choices: [{ ...rule, Next: 'B' }], Default: 'C' }, B: { Type: 'Pass' }, C: done }),
    [/This object should have only one of the following fields: \[Next, End\] at \/States\/B$/],
  ],
  [
    'goes round for ever, whatever cannot be reached',
    machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' }, C: { Type: 'Pass', Next: 'A' } }),
    [/^MISSING_END_STATE: Workflow has no terminal state at null$/],
  ],
  [
    'leads nowhere by every way there is',
    machine({
      A: { ...invoke, Catch: [{ ErrorEquals: ['E'], Next: 'X' }], End: undefined, Next: 'B' },
      B: { Type: 'Choice', Choices: [{ ...rule, Next: 'Y' }], Default: 'Z' },
      C: done,
    }).replace('"StartAt":"A"', '"StartAt":"V"'),
    [
      /Missing 'Next' target: V at \/StartAt$/,
      /Missing 'Next' target: X at \/States\/A\/Catch\[0\]\/Next$/,
      /Missing 'Next' target: Z at \/States\/B\/Default$/,
      /Missing 'Next' target: Y at \/States\/B\/Choices\[0\]\/Next$/,
      ...['A', 'B', 'C'].map((name) => new RegExp(`State "${name}" is not reachable. at /States/${name}$`)),
    ],
  ],
  [
    'misspells a field',
    machine({ A: { Type: 'Pass', Ouput: 1, ...end } }, jsonata),
    [/Field 'Ouput' is not supported at \/States\/A$/],
  ],
  [
    'mixes the languages',
    machine({ A: { ...invoke, Parameters: {} } }, jsonata),
    [
      /The QueryLanguage is set to 'JSONata', but field 'Parameters' is only supported for the 'JSONPath' QueryLanguage at \/States\/A$/,
    ],
  ],
  [
    'goes back to JSONPath',
    machine({ A: { Type: 'Pass', QueryLanguage: 'JSONPath', ...end } }, jsonata),
    [/can not be 'JSONPath' if set to 'JSONata' for whole state machine at \/States\/A$/],
  ],
  [
    'has an unreadable expression',
    machine({ A: { Type: 'Pass', Output: { x: '{% 1 + %}' }, ...end } }, jsonata),
    [/^INVALID_JSONATA_EXPRESSION: Unexpected end of expression at \/States\/A\/Output\/x$/],
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
    [/States\.ALL must appear alone and at end of list at \/States\/A\/Retry\[0\]\/ErrorEquals$/],
  ],
  [
    'has a bad retrier',
    machine({ A: { ...invoke, Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5, MaxAttempts: -1 }] } }),
    [/Minimum value is 0 at .*MaxAttempts$/, /Minimum value is 1\.0 at .*BackoffRate$/],
  ],
  [
    'has a bad timestamp',
    machine({ A: { Type: 'Wait', Timestamp: '2016-12-05T25:29:29Z', ...end } }),
    [/String does not match RFC3339 timestamp at \/States\/A\/Timestamp/],
  ],
  [
    'uses a name twice',
    machine({ A: { Type: 'Parallel', Branches: [JSON.parse(machine({ A: { Type: 'Succeed' } }))], ...end } }),
    [/DUPLICATE_STATE_NAME: Duplicate State name: A/],
  ],
  [
    'names a language there is not, which is taken for JSONata',
    machine({ A: { Type: 'Pass', QueryLanguage: 'jsonpath', InputPath: '$.a', ...end } }, { Version: '2.0' }),
    [
      /Value should be one of the following: \[1\.0\] at \/Version$/,
      /field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at \/States\/A$/,
      /Value should be one of the following: \[JSONPath, JSONata\] at \/States\/A\/QueryLanguage$/,
    ],
  ],
  [
    'says the same twice',
    machine({ A: { ...invoke, TimeoutSeconds: 0, TimeoutSecondsPath: '$.t', Next: 'B' }, B: done }),
    [
      /There should only be one of the following fields: \[Next, End\] at \/States\/A$/,
      /There should only be one of the following fields: \[TimeoutSeconds, TimeoutSecondsPath\] at \/States\/A$/,
      /Minimum value is 1 at \/States\/A\/TimeoutSeconds$/,
    ],
  ],
  [
    'has rules that compare nothing',
    machine({
      A: {
        Type: 'Choice',
        Choices: [
          { Next: 'B' },
          { Variable: 'x', IsNull: true, Next: 'B' },
          { And: [{ ...rule, Next: 'B' }], Next: 'B' },
          { Variable: '$.x', StringEquals: 1, NumericEquals: 1, Next: 'B' },
        ],
      },
      B: done,
    }),
    [
      /only one of the following fields, \[And, Or, Not, Variable, Condition\] at \/States\/A\/Choices\[0\]$/,
      /Reference path didn't start with '\$' at \/States\/A\/Choices\[1\]\/Variable$/,
      /Field 'Next' is not supported at \/States\/A\/Choices\[2\]\/And\[0\]$/,
      /There should only be one of the following fields: \[StringEquals, .*\] at \/States\/A\/Choices\[3\]$/,
      /Expected value of type String at \/States\/A\/Choices\[3\]\/StringEquals$/,
    ],
  ],
  [
    'assigns to what is no variable of its own',
    machine(
      {
        A: { Type: 'Pass', Assign: { states: 1, '1st': 1, total: 1 }, Next: 'B' },
        B: {
          Type: 'Parallel',
          Branches: [JSON.parse(machine({ C: { Type: 'Pass', Assign: { total: 2 }, ...end } }))],
          ...end,
        },
      },
      jsonata,
    ),
    [
      /^RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '\$states'\. at \/States\/A\/Assign$/,
      /^INVALID_VARIABLE_NAME: Invalid variable name '1st': the variable name contains invalid characters\. at /,
      /^DUPLICATE_VARIABLE_NAME: The variable name 'total' was already defined in a parent scope\. at /,
    ],
  ],
  [
    'has a name that is too long',
    machine({ ['A'.repeat(81)]: done }),
    [
      /^INVALID_STATE_NAME: Invalid State name: State 'A{81}' exceeds the 80-character limit allowed by the service at /,
    ],
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

test.each<[string, string | undefined]>([
  ['$states.input.items[value > 3]^(value).{"a": value}', undefined],
  ['$map($states.input.a, function($x) { $x.b })', undefined],
  ['phone', "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported."],
  ['{"a": [phone.home]}', "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported."],
  ['$states.input[$ = $$]', "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported."],
  ['$states.result', "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist."],
  ['$states.errorOutput.Cause', "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist."],
  ['$match("a", /abc', 'INVALID_JSONATA_EXPRESSION: No terminating / in regular expression'],
])('the expression %s of a Pass state', (expression, fault) => {
  const pass = machine({ A: { Type: 'Pass', Output: [`{% ${expression} %}`], ...end } }, jsonata);
  expect(found(pass)).toEqual(fault === undefined ? [] : [`${fault} at /States/A/Output[0]`]);
});

test('what $states holds depends on the field', () => {
  const task = (more: object) => found(machine({ A: { ...invoke, ...more }, B: done }, jsonata));
  const reachable = { Catch: [{ ErrorEquals: ['E'], Next: 'B', Output: '{% $states.errorOutput %}' }] };
  expect(task({ ...reachable, Output: '{% $states.result %}', Assign: { a: '{% $states.result %}' } })).toEqual([]);
  expect(task({ ...reachable, Arguments: '{% $states.result %}', Output: '{% $states.input %' })).toEqual([
    "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/Arguments",
    'SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Output',
  ]);
});

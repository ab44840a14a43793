/** What is said of definitions beyond their form: warnings, unknown AWS SDK integrations, and the room for variables. */
import { setTimeout as pause } from 'node:timers/promises';
import { SFN } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { connect, removeFolders, temporaryFolder } from './lambda/functionFixture.ts';

let runtime: Runtime;
let sfn: SFN;
beforeEach(async () => {
  runtime = await openRuntime({ dataDir: await temporaryFolder(), services: [states] });
  sfn = new SFN({ ...connect(runtime), maxAttempts: 1 });
});
afterEach(() => runtime.close());
afterAll(removeFolders);

const roleArn = 'arn:aws:iam::000000000000:role/machine';
const machine = (States: Record<string, object>, more: object = {}) =>
  JSON.stringify({ StartAt: Object.keys(States)[0], States, ...more });

const doubtful = machine({
  Static: { Type: 'Pass', Result: { from: '$.input' }, Next: 'Plain' },
  Plain: {
    Type: 'Pass',
    Parameters: { id: '$.id', nested: [{ now: "States.Format('{}', 1)" }], 'well.$': '$.x' },
    Next: 'Pick',
  },
  Pick: {
    Type: 'Choice',
    Choices: [{ And: [{ Variable: '$.a', StringEquals: '$.b' }], Next: 'Each' }],
    Default: 'Each',
  },
  Each: {
    Type: 'Map',
    ItemProcessor: {
      StartAt: 'Costs',
      States: { Costs: { Type: 'Pass', Parameters: { price: '$5', name: '$' }, End: true } },
    },
    Next: 'Stop',
  },
  Stop: { Type: 'Fail', Error: '$.error' },
});

test('a definition that may be created and is likely not meant has warnings, for whom asks for them', async () => {
  expect(await sfn.validateStateMachineDefinition({ definition: doubtful })).toMatchObject({
    result: 'OK',
    diagnostics: [],
  });
  const { result, diagnostics, truncated } = await sfn.validateStateMachineDefinition({
    definition: doubtful,
    severity: 'WARNING',
  });
  expect([result, truncated]).toEqual(['OK', false]);
  expect(diagnostics?.map(({ severity, code, location }) => `${severity} ${code} ${location}`)).toEqual([
    'WARNING PASS_RESULT_IS_STATIC /States/Static/Result',
    'WARNING NO_DOLLAR /States/Plain/Parameters/id',
    'WARNING NO_DOLLAR /States/Plain/Parameters/nested[0]/now',
    'WARNING NO_PATH /States/Pick/Choices[0]/And[0]/StringEquals',
    'WARNING NO_DOLLAR /States/Each/ItemProcessor/States/Costs/Parameters/name',
    'WARNING NO_PATH /States/Stop/Error',
  ]);
  expect(
    await sfn.validateStateMachineDefinition({ definition: doubtful, severity: 'WARNING', maxResults: 2 }),
  ).toMatchObject({
    result: 'OK',
    diagnostics: [{ code: 'PASS_RESULT_IS_STATIC' }, { code: 'NO_DOLLAR' }],
    truncated: true,
  });
  await sfn.createStateMachine({ name: 'doubtful', roleArn, definition: doubtful });
});

test('errors fail the definition, and warnings are told beside them; what is no JSON has no warnings', async () => {
  const definition = machine({ A: { Type: 'Pass', Result: '$.x', Colour: 'red', End: true } });
  const { result, diagnostics } = await sfn.validateStateMachineDefinition({ definition, severity: 'WARNING' });
  expect([result, diagnostics?.map(({ severity }) => severity)]).toEqual(['FAIL', ['ERROR', 'WARNING']]);
  expect(await sfn.validateStateMachineDefinition({ definition: '{', severity: 'WARNING' })).toMatchObject({
    result: 'FAIL',
    diagnostics: [{ code: 'INVALID_JSON_DESCRIPTION' }],
  });
});

test('expressions of JSONata are marked and never doubtful', async () => {
  const definition = machine(
    { A: { Type: 'Pass', Output: { a: '$.b', b: '{% $states.input %}' }, End: true } },
    { QueryLanguage: 'JSONata' },
  );
  expect(await sfn.validateStateMachineDefinition({ definition, severity: 'WARNING' })).toMatchObject({
    diagnostics: [],
  });
});

const sdk = (resource: string) =>
  machine({ Call: { Type: 'Task', Resource: `arn:aws:states:::aws-sdk:${resource}`, End: true } });

test.each([
  'dynamodb:PutItem',
  'dynamodb:putitem',
  'DynamoDB:putItem',
  'dinamodb:putItem',
  'sagemaker:createTrainingJob.sync',
])('aws-sdk:%s is nothing AWS has, and no machine is created of it', async (resource) => {
  const message = `The resource provided arn:aws:states:::aws-sdk:${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
  await expect(sfn.createStateMachine({ name: 'm', roleArn, definition: sdk(resource) })).rejects.toMatchObject({
    name: 'InvalidDefinition',
    message: `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${message} at /States/Call/Resource'`,
  });
  expect(await sfn.validateStateMachineDefinition({ definition: sdk(resource) })).toMatchObject({
    result: 'FAIL',
    diagnostics: [{ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message, location: '/States/Call/Resource' }],
  });
});

test.each([
  'dynamodb:putItem',
  'costexplorer:getCostAndUsage',
  'sqs:deleteMessage',
  'sfn:startExecution.waitForTaskToken',
])('aws-sdk:%s is something AWS has', async (resource) => {
  expect(await sfn.validateStateMachineDefinition({ definition: sdk(resource) })).toMatchObject({ result: 'OK' });
});

test('the variables of an execution may hold ten MiB together', async () => {
  // 252 KiB each: forty fit, the forty-first does not.
  const growing = (most: number) =>
    machine(
      {
        Begin: { Type: 'Pass', Assign: { v0: "{% $pad('', 258000, 'x') %}", n: 1 }, Next: 'More' },
        More: {
          Type: 'Choice',
          Choices: Array.from({ length: most - 1 }, (_, i) => ({
            Condition: `{% $n = ${i + 1} %}`,
            Assign: { [`v${i + 1}`]: '{% $v0 %}', n: '{% $n + 1 %}' },
            Next: 'More',
          })),
          Default: 'Done',
        },
        Done: { Type: 'Succeed', Output: '{% $n %}' },
      },
      { QueryLanguage: 'JSONata' },
    );
  const run = async (most: number) => {
    const { stateMachineArn } = await sfn.createStateMachine({ name: `m${most}`, roleArn, definition: growing(most) });
    const { executionArn } = await sfn.startExecution({ stateMachineArn, input: '{}' });
    for (;;) {
      const { status, error, output } = await sfn.describeExecution({ executionArn });
      if (status !== 'RUNNING') return { status, error, output };
      await pause(20);
    }
  };
  expect(await run(40)).toMatchObject({ status: 'SUCCEEDED', output: '40' });
  expect(await run(41)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

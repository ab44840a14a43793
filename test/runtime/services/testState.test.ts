/** TestState over the wire: one state tried by itself, with a mock or for real. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFNClient, TestStateCommand, type TestStateCommandInput } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { operation, type ServiceFactory } from '../../../runtime/operation.ts';
import { states } from '../../../runtime/services/states/index.ts';

const roleArn = 'arn:aws:iam::000000000000:role/tester';

/** Answers with what it was given; never for `slow`. */
const lambda: ServiceFactory = () => ({
  name: 'lambda',
  protocol: 'restJson',
  state: undefined,
  operations: {
    Invoke: operation({
      input: z.looseObject({ FunctionName: z.string(), Payload: z.instanceof(Uint8Array) }),
      needs: () => [],
      run: ({ FunctionName, Payload }) =>
        FunctionName === 'slow' ? new Promise(() => undefined) : { StatusCode: 200, Payload },
    }),
  },
});

let dataDir: string;
let clock: TestClock;
let runtime: Runtime;
let client: SFNClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'test-state-'));
  clock = testClock(Date.now());
  runtime = await openRuntime({ dataDir, clock, services: [states, lambda] });
  const { endpoint, credentials, region } = runtime;
  client = new SFNClient({ endpoint, credentials, region, maxAttempts: 1, disableHostPrefix: true });
});

afterAll(async () => {
  client.destroy();
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

type Given = Omit<TestStateCommandInput, 'definition' | 'input'> & { definition: unknown; input?: unknown };

const tried = async ({ definition, input, ...rest }: Given) => {
  const { $metadata: _, ...answer } = await client.send(
    new TestStateCommand({
      ...rest,
      definition: JSON.stringify(definition),
      ...(input !== undefined && { input: JSON.stringify(input) }),
    }),
  );
  return answer;
};

const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const read = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

describe('what is shown', () => {
  test('every step of the way data takes through a JSONPath task', async () => {
    const { status, output, inspectionData } = await tried({
      definition: {
        ...invoke,
        InputPath: '$.order',
        Parameters: { FunctionName: 'price', 'Payload.$': '$.item' },
        ResultSelector: { 'cents.$': '$.Payload.price' },
        ResultPath: '$.price',
        OutputPath: '$.price.cents',
        Assign: { 'last.$': '$.cents' },
      },
      input: { order: { item: 'tea' } },
      variables: '{"shop":"corner"}',
      inspectionLevel: 'DEBUG',
      mock: { result: '{"Payload":{"price":250}}' },
    });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '250' });
    const shown = Object.entries(inspectionData ?? {}).map(([name, value]) => [name, read(value as string)]);
    expect(Object.fromEntries(shown)).toEqual({
      input: { order: { item: 'tea' } },
      afterInputPath: { item: 'tea' },
      afterParameters: { FunctionName: 'price', Payload: 'tea' },
      result: { Payload: { price: 250 } },
      afterResultSelector: { cents: 250 },
      afterResultPath: { order: { item: 'tea' }, price: { cents: 250 } },
      variables: { shop: 'corner', last: 250 },
    });
  });

  test('the items, inputs and batches of a distributed Map, read as its ItemReader would', async () => {
    const { output, inspectionData } = await tried({
      definition: {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
          Arguments: { Bucket: 'b', Key: 'k' },
        },
        ItemSelector: { n: '{% $number($states.context.Map.Item.Value.n) %}' },
        ItemBatcher: { MaxItemsPerBatch: 2 },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          StartAt: 'Inside',
          States: { Inside: { Type: 'Pass', End: true } },
        },
        ToleratedFailurePercentage: 50,
        Next: 'After',
      },
      inspectionLevel: 'TRACE',
      mock: { result: '["done"]' },
      stateConfiguration: { mapItemReaderData: 'n\n1\n2\n3\n', mapIterationFailureCount: 1 },
    });
    expect(read(output)).toEqual(['done']);
    expect(read(inspectionData?.afterItemSelector)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(read(inspectionData?.afterItemBatcher)).toEqual([{ Items: [{ n: 1 }, { n: 2 }] }, { Items: [{ n: 3 }] }]);
    expect(inspectionData).toMatchObject({ maxConcurrency: 0, toleratedFailurePercentage: 50 });
  });

  test('a state inside a Map of a full definition, and where it leads', async () => {
    const definition = {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'First',
            States: { First: { Type: 'Pass', Next: 'Second' }, Second: { Type: 'Pass', End: true } },
          },
          End: true,
        },
      },
    };
    expect(await tried({ definition, stateName: 'First' })).toEqual({
      status: 'SUCCEEDED',
      output: '{}',
      nextState: 'Second',
    });
  });
});

describe('what only a mock can end', () => {
  const token = { FunctionName: 'f', 'Payload.$': '$$.Task.Token' };
  const waiting = { ...invoke, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Parameters: token };
  const activity = 'arn:aws:states:eu-west-1:000000000000:activity:a';
  const nested = { ...invoke, Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: {} };

  test('sees the token of the given Context Object', async () => {
    const { output, inspectionData } = await tried({
      definition: waiting,
      inspectionLevel: 'DEBUG',
      context: '{"Task":{"Token":"mine"}}',
      mock: { result: '"free text"' },
    });
    expect(output).toBe('"free text"');
    expect(read(inspectionData?.afterParameters)).toEqual({ FunctionName: 'f', Payload: 'mine' });
  });

  test('sees a token that is made up, without a Context Object', async () => {
    const { status, inspectionData } = await tried({
      definition: waiting,
      inspectionLevel: 'DEBUG',
      mock: { result: '1' },
    });
    expect(status).toBe('SUCCEEDED');
    expect(read(inspectionData?.afterParameters)).toEqual({ FunctionName: 'f', Payload: expect.stringMatching(/.+/) });
  });

  test('an activity, a nested execution and a Parallel state', async () => {
    const answerOf = async (definition: unknown, result: unknown) =>
      read(
        (await tried({ definition, mock: { result: JSON.stringify(result), fieldValidationMode: 'PRESENT' } })).output,
      );
    expect(await answerOf({ ...invoke, Resource: activity }, { any: 1 })).toEqual({ any: 1 });
    expect(await answerOf(nested, { Output: { any: 1 } })).toEqual({ Output: { any: 1 } });
    await expect(answerOf(nested, { Status: 1 })).rejects.toThrow("Field 'Status' must be a string");
    const branch = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };
    expect(await answerOf({ Type: 'Parallel', Branches: [branch], End: true }, [1])).toEqual([1]);
  });

  test('fails with an error of a state inside it', async () => {
    const answer = await tried({
      definition: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'In', States: { In: { Type: 'Pass', End: true } } }],
        Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$.error', Next: 'After' }],
        End: true,
      },
      input: { a: 1 },
      mock: { errorOutput: { error: 'Broken', cause: 'why' } },
      stateConfiguration: { errorCausedByState: 'In' },
    });
    expect(answer).toMatchObject({ status: 'CAUGHT_ERROR', nextState: 'After' });
    expect(read(answer.output)).toEqual({ a: 1, error: { Error: 'Broken', Cause: 'why' } });
  });
});

describe('errors', () => {
  const definition = {
    ...invoke,
    QueryLanguage: 'JSONata',
    Arguments: { FunctionName: 'f' },
    Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 2 }],
    Catch: [
      { ErrorEquals: ['Broken'], Next: 'Repair' },
      { ErrorEquals: ['States.ALL'], Next: 'Report', Output: '{% $states.errorOutput.Error %}' },
    ],
  };
  const failing = (error: string, retrierRetryCount?: number) =>
    tried({
      definition,
      inspectionLevel: 'DEBUG',
      mock: { errorOutput: { error, cause: 'as told' } },
      ...(retrierRetryCount !== undefined && { stateConfiguration: { retrierRetryCount } }),
    });

  test('are retried after as long as the retrier would wait', async () => {
    const { status, inspectionData } = await failing('Busy', 1);
    expect(status).toBe('RETRIABLE');
    expect(inspectionData?.errorDetails).toEqual({ retryIndex: 0, retryBackoffIntervalSeconds: 6 });
  });

  test('are caught when no attempt is left, or no retrier means them', async () => {
    const { inspectionData, ...answer } = await failing('Busy', 2);
    expect(answer).toEqual({
      status: 'CAUGHT_ERROR',
      error: 'Busy',
      cause: 'as told',
      output: '"Busy"',
      nextState: 'Report',
    });
    expect(inspectionData?.errorDetails).toMatchObject({ catchIndex: 1 });
    expect((await failing('Broken')).nextState).toBe('Repair');
  });

  test('of the state itself end it', async () => {
    const { status, error, cause } = await tried({ definition: { Type: 'Pass', InputPath: '$.none', End: true } });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
    expect(cause).toMatch(/\$\.none/);
  });
});

describe('for real', () => {
  const definition = { ...invoke, Parameters: { FunctionName: 'echo', 'Payload.$': '$' } };

  test('a task is carried out with the role', async () => {
    const { status, output } = await tried({ definition, roleArn, input: { a: 1 } });
    expect(status).toBe('SUCCEEDED');
    expect(read(output)).toMatchObject({ Payload: { a: 1 } });
  });

  test.each([
    ['a task that does not answer', { ...definition, Parameters: { FunctionName: 'slow' } }],
    ['a wait that is too long', { Type: 'Wait', Seconds: 3600, End: true }],
  ])('%s fails after five minutes', async (_, definition) => {
    const state = { done: false };
    const asked = tried({ definition, roleArn }).finally(() => (state.done = true));
    while (!state.done) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (clock.next() !== undefined) await clock.advance(60_000);
    }
    expect(await asked).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});

describe('refusals', () => {
  const pass = { Type: 'Pass', End: true };
  const map = { Type: 'Map', ItemProcessor: { StartAt: 'A', States: { A: pass } }, End: true };
  const putEvents = { Type: 'Task', Resource: 'arn:aws:states:::events:putEvents', Parameters: {}, End: true };
  const refused: [string, Given, string][] = [
    ['a mock of a Pass state', { definition: pass, mock: { result: '1' } }, "State type 'Pass' is not supported"],
    ['a Map without a mock', { definition: map }, 'does not support Map or Parallel states'],
    ['a context without a mock', { definition: pass, context: '{}' }, 'does not support Context when a mock'],
    [
      'an activity without a mock',
      {
        definition: { ...invoke, Resource: 'arn:aws:states:eu-west-1:000000000000:activity:a' },
        roleArn,
      },
      'does not support Activity tasks',
    ],
    ['a Task without a role', { definition: invoke }, 'RoleArn must be specified when testing a Task state'],
    [
      'a state that is not there',
      { definition: { StartAt: 'A', States: { A: pass } }, stateName: 'B' },
      'State not found in definition',
    ],
    [
      'a mocked list for a structure',
      { definition: putEvents, mock: { result: '{"Entries":[1]}' } },
      "Field 'Entries' must be an object",
    ],
    [
      'a result without what the service always answers',
      {
        definition: { ...invoke, Resource: 'arn:aws:states:::sagemaker:createTrainingJob' },
        mock: { result: '{}' },
      },
      "Required field 'TrainingJobArn' is missing",
    ],
    [
      'secrets to be revealed beside a mock',
      { definition: invoke, mock: { result: '{}' }, revealSecrets: true },
      'TestState does not support RevealSecrets when a mock is specified.',
    ],
    [
      'an error without a name',
      { definition: invoke, mock: { errorOutput: { cause: 'c' } } },
      'An error was not specified in the mocked error output.',
    ],
    [
      'a result of fewer branches than there are',
      {
        definition: { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: pass } }], End: true },
        mock: { result: '[]' },
      },
      'Mocked result must contain the same number of items as number of Parallel branches.',
    ],
    ['variables that are no object', { definition: pass, variables: '[]' }, 'Variables must be a valid JSON object'],
  ];

  test.each(refused)('%s', async (_, given, message) => {
    await expect(tried(given)).rejects.toThrow(message);
  });

  test('present fields are checked without the required ones, or none at all', async () => {
    const definition = { ...invoke, Resource: 'arn:aws:states:::sagemaker:createTrainingJob' };
    const mocked = (result: string, fieldValidationMode: 'PRESENT' | 'NONE') =>
      tried({ definition, mock: { result, fieldValidationMode } });
    expect((await mocked('{}', 'PRESENT')).status).toBe('SUCCEEDED');
    await expect(mocked('{"TrainingJobArn":1}', 'PRESENT')).rejects.toThrow("Field 'TrainingJobArn' must be a string");
    expect((await mocked('{"TrainingJobArn":1}', 'NONE')).output).toBe('{"TrainingJobArn":1}');
  });
});

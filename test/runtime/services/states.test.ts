/** Long because the stub services and clients that all parts of the API are tested with stand once, in one file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { operation, type ServiceFactory } from '../../../runtime/operation.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { lambdaStub, type Answer } from '../../fixtures/lambdaStub.ts';

let dataDir: string;
let clock: TestClock;
let runtime: Runtime;
let client: SFNClient;
let functions: Record<string, (event: never) => Answer | Promise<Answer>>;
let invoked: { name: string; event: unknown }[];
let told: { detail: { status: string; name: string; output: string | null } }[];

const lambda = lambdaStub(async ({ name, event }) => {
  invoked.push({ name, event });
  return (await functions[name]?.(event as never)) ?? { payload: null };
});

/** Stands for EventBridge: remembers what it is told. */
const events: ServiceFactory = () => ({
  name: 'events',
  protocol: 'awsJson1.1',
  state: {},
  operations: {
    PutEvents: operation({
      input: z.object({ Entries: z.array(z.object({ Detail: z.string() }).loose()) }),
      needs: () => [],
      run({ Entries }) {
        told.push(...Entries.map(({ Detail }) => ({ detail: JSON.parse(Detail) as (typeof told)[number]['detail'] })));
        return { FailedEntryCount: 0, Entries: [] };
      },
    }),
  },
});

const open = async () => {
  runtime = await openRuntime({ dataDir, clock, services: [lambda, events, states] });
  client = new SFNClient({ endpoint: runtime.endpoint, region: runtime.region, credentials: runtime.credentials });
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'states-'));
  clock = testClock(Date.now());
  functions = {};
  invoked = [];
  told = [];
  await open();
});
afterEach(async () => {
  client.destroy();
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

const roleArn = 'arn:aws:iam::000000000000:role/machine';

const create = async (name: string, definition: object) => {
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name,
      roleArn,
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
    }),
  );
  return stateMachineArn;
};
const start = async (stateMachineArn: string, input: unknown = {}, name?: string) => {
  const { executionArn = '' } = await client.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name }),
  );
  return executionArn;
};
const describeRun = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));

/** Lets promises, and alarms that are due, settle until the execution has ended. */
const ended = async (executionArn: string) => {
  for (let tries = 0; tries < 500; tries++) {
    const run = await describeRun(executionArn);
    if (run.status !== 'RUNNING') return run;
    await clock.advance(10);
  }
  throw new Error(`${executionArn} does not end`);
};
const until = async (holds: () => boolean) => {
  for (let tries = 0; tries < 5000 && !holds(); tries++) await new Promise((wake) => setTimeout(wake, 5));
  expect(holds()).toBe(true);
};
const historyOf = async (executionArn: string) =>
  (await client.send(new GetExecutionHistoryCommand({ executionArn }))).events ?? [];

const invoke = (name: string, payload: unknown = '{% $states.input %}', more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: payload },
  Output: '{% $states.result.Payload %}',
  ...more,
});
const one = (state: object) => ({ StartAt: 'Only', States: { Only: { End: true, ...state } } });

describe('machines', () => {
  const definition = JSON.stringify(one({ Type: 'Pass' }));

  test('are created once, described, listed, updated and deleted', async () => {
    const create = () => client.send(new CreateStateMachineCommand({ name: 'm', roleArn, definition }));
    const { stateMachineArn } = await create();
    expect((await create()).stateMachineArn).toBe(stateMachineArn);
    await expect(
      client.send(new CreateStateMachineCommand({ name: 'm', roleArn, definition: `${definition} ` })),
    ).rejects.toMatchObject({
      name: 'StateMachineAlreadyExists',
      message: `State Machine Already Exists: '${stateMachineArn}'`,
    });
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
      definition,
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    });
    const { revisionId } = await client.send(
      new UpdateStateMachineCommand({ stateMachineArn, definition: `${definition} ` }),
    );
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({ revisionId });
    await expect(client.send(new UpdateStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: 'MissingRequiredParameter',
    });
    expect((await client.send(new ListStateMachinesCommand({}))).stateMachines).toMatchObject([{ name: 'm' }]);
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });

  test('are refused with all that is wrong with their definition', async () => {
    const bad = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, C: { Type: 'Succeed' } } });
    await expect(
      client.send(new CreateStateMachineCommand({ name: 'bad', roleArn, definition: bad })),
    ).rejects.toMatchObject({
      name: 'InvalidDefinition',
      message:
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next, MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/C'",
    });
    expect(await client.send(new ValidateStateMachineDefinitionCommand({ definition: '{}' }))).toMatchObject({
      result: 'FAIL',
      diagnostics: [
        { code: 'SCHEMA_VALIDATION_FAILED', location: '/', message: 'These fields are required: [States, StartAt]' },
      ],
    });
    expect(await client.send(new ValidateStateMachineDefinitionCommand({ definition }))).toMatchObject({
      result: 'OK',
    });
  });

  test('refuse at creation what the runtime cannot run', async () => {
    const activity = { Type: 'Task', Resource: 'arn:aws:states:::glue:startJobRun.sync', Arguments: {} };
    await expect(create('glue', one(activity))).rejects.toThrow(
      /NotImplemented.*glue:startJobRun\.sync is not supported/,
    );
  });

  test('have tags', async () => {
    const { stateMachineArn: resourceArn } = await client.send(
      new CreateStateMachineCommand({ name: 't', roleArn, definition, tags: [{ key: 'a', value: '1' }] }),
    );
    await client.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'b', value: '2' }] }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([
      { key: 'b', value: '2' },
    ]);
  });
});

describe('executions', () => {
  test('run functions, keep variables, choose, and tell the bus how they went', async () => {
    functions = { double: ({ n }: { n: number }) => ({ payload: n * 2 }) };
    const machine = await create('double', {
      StartAt: 'Double',
      States: {
        Double: invoke('double', '{% $states.input %}', {
          Assign: { doubled: '{% $states.result.Payload %}' },
          Next: 'Big',
        }),
        Big: { Type: 'Choice', Choices: [{ Condition: '{% $doubled > 10 %}', Next: 'Done' }], Default: 'Small' },
        Small: { Type: 'Fail', Error: 'TooSmall', Cause: "{% 'only ' & $doubled %}" },
        Done: { Type: 'Succeed', Output: { answer: '{% $doubled %}' } },
      },
    });
    const big = await start(machine, { n: 21 }, 'big');
    expect(await ended(big)).toMatchObject({ status: 'SUCCEEDED', output: '{"answer":42}', input: '{"n":21}' });
    const small = await start(machine, { n: 2 }, 'small');
    expect(await ended(small)).toMatchObject({ status: 'FAILED', error: 'TooSmall', cause: 'only 4' });
    await until(() => told.length === 4);
    expect(told.map(({ detail }) => [detail.name, detail.status, detail.output])).toEqual([
      ['big', 'RUNNING', null],
      ['big', 'SUCCEEDED', '{"answer":42}'],
      ['small', 'RUNNING', null],
      ['small', 'FAILED', null],
    ]);
    const listed = async (statusFilter?: 'FAILED') =>
      (await client.send(new ListExecutionsCommand({ stateMachineArn: machine, statusFilter }))).executions ?? [];
    expect((await listed()).map((e) => e.name)).toEqual(['small', 'big']);
    expect((await listed('FAILED')).map((e) => e.name)).toEqual(['small']);
  });

  test('start once per name and input', async () => {
    const machine = await create('wait', one({ Type: 'Wait', Seconds: 3600 }));
    const [first, second] = await Promise.all([start(machine, { a: 1 }, 'x'), start(machine, { a: 1 }, 'x')]);
    expect(second).toBe(first);
    await expect(start(machine, { a: 2 }, 'x')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${first}'`,
    });
    await client.send(new StopExecutionCommand({ executionArn: first, error: 'Enough', cause: 'said so' }));
    expect(await describeRun(first)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'said so' });
    await expect(start(machine, { a: 1 }, 'x')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await expect(start(machine, {}, 'no spaces')).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: machine, input: 'not json' })),
    ).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
  });

  test('keep the definition they began with', async () => {
    const machine = await create('m', one({ Type: 'Wait', Seconds: 60 }));
    const executionArn = await start(machine);
    const definition = JSON.stringify(one({ Type: 'Fail', End: undefined }));
    await client.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition }));
    const used = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    expect(JSON.parse(used.definition ?? '')).toMatchObject({ States: { Only: { Type: 'Wait' } } });
    await clock.advance(60_000);
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('tell their history, in pages and backwards', async () => {
    const machine = await create('m', one({ Type: 'Pass', Assign: { v: [1] }, Output: 'out' }));
    const executionArn = await start(machine, { in: 1 });
    await ended(executionArn);
    expect(await historyOf(executionArn)).toMatchObject([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        executionStartedEventDetails: { input: '{"in":1}', roleArn },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'PassStateEntered',
        stateEnteredEventDetails: { name: 'Only', input: '{"in":1}' },
      },
      {
        id: 3,
        previousEventId: 2,
        type: 'PassStateExited',
        stateExitedEventDetails: { name: 'Only', output: '"out"', assignedVariables: { v: '[1]' } },
      },
      { id: 4, previousEventId: 3, type: 'ExecutionSucceeded', executionSucceededEventDetails: { output: '"out"' } },
    ]);
    const page = (nextToken?: string) =>
      client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3, reverseOrder: true, nextToken }));
    const first = await page();
    expect(first.events?.map(({ id }) => id)).toEqual([4, 3, 2]);
    expect((await page(first.nextToken)).events?.map(({ id }) => id)).toEqual([1]);
    await expect(page('made up')).rejects.toMatchObject({ name: 'InvalidToken' });
    const bare = await client.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }));
    expect(bare.events?.[0]?.executionStartedEventDetails).not.toHaveProperty('input');
  });

  test('map items at most so many at a time, in order', async () => {
    let now = 0;
    let most = 0;
    functions = {
      square: async (n: number) => {
        most = Math.max(most, ++now);
        await new Promise((wake) => setTimeout(wake, 5));
        now--;
        return { payload: n * n };
      },
    };
    const machine = await create(
      'squares',
      one({
        Type: 'Map',
        Items: '{% [1..7] %}',
        MaxConcurrency: 3,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Square',
          States: { Square: invoke('square', '{% $states.input %}', { End: true }) },
        },
      }),
    );
    expect((await ended(await start(machine))).output).toBe('[1,4,9,16,25,36,49]');
    expect(most).toBe(3);
  });

  test('retry with backoff under the clock, then catch with the error of the function', async () => {
    functions = { flaky: () => ({ payload: { errorType: 'PlatformError', errorMessage: 'busy' }, error: true }) };
    const machine = await create('flaky', {
      StartAt: 'Flaky',
      States: {
        Flaky: invoke(
          'flaky',
          {},
          {
            Retry: [{ ErrorEquals: ['PlatformError'], IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 2 }],
            Catch: [
              {
                ErrorEquals: ['States.ALL'],
                Output: '{% $parse($states.errorOutput.Cause).errorMessage %}',
                Next: 'Caught',
              },
            ],
            End: true,
          },
        ),
        Caught: { Type: 'Pass', End: true },
      },
    });
    const executionArn = await start(machine);
    const began = clock.now();
    await until(() => invoked.length === 1);
    await clock.advance(9_000);
    expect(invoked).toHaveLength(1);
    expect(
      await ended(executionArn).catch(async () => (await clock.advance(60_000), ended(executionArn))),
    ).toMatchObject({ output: '"busy"' });
    expect(invoked).toHaveLength(3);
    expect(clock.now() - began).toBeGreaterThanOrEqual(40_000);
  });

  test('a service that is not there ends the execution, whatever it catches', async () => {
    const machine = await create(
      'm',
      one({ Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Arguments: { Message: 'm' } }),
    );
    expect(await ended(await start(machine))).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining("NotImplemented: This runtime has no service 'sns'"),
    });
  });
});

describe('task tokens', () => {
  const waiting = invoke(
    'give',
    { token: '{% $states.context.Task.Token %}' },
    {
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Output: '{% $states.result %}',
      TimeoutSeconds: 600,
      HeartbeatSeconds: 60,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Silent' }],
      End: true,
    },
  );
  const definition = { StartAt: 'Wait', States: { Wait: waiting, Silent: { Type: 'Fail', Error: 'Silent' } } };
  const token = async () => {
    await until(() => invoked.length > 0);
    const { token } = (invoked.at(-1)?.event ?? {}) as { token: string };
    return token;
  };
  const submitted = async (executionArn: string) => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await historyOf(executionArn)).some(({ type }) => type === 'TaskSubmitted')) return;
    }
    throw new Error('The task is not submitted');
  };

  test('end their task with success or failure, once', async () => {
    const machine = await create('token', definition);
    const first = await start(machine);
    const taskToken = await token();
    await submitted(first);
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"by":"token"}' }));
    expect(await ended(first)).toMatchObject({ status: 'SUCCEEDED', output: '{"by":"token"}' });
    await expect(client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
    await expect(
      client.send(new SendTaskSuccessCommand({ taskToken: 'nonsense', output: '{}' })),
    ).rejects.toMatchObject({ name: 'InvalidToken' });

    invoked = [];
    const second = await start(machine);
    await client.send(new SendTaskFailureCommand({ taskToken: await token(), error: 'No', cause: 'because' }));
    expect(await ended(second)).toMatchObject({ status: 'FAILED', error: 'No', cause: 'because' });
  });

  test('heartbeats keep a task alive', async () => {
    const executionArn = await start(await create('beat', definition));
    const taskToken = await token();
    for (let i = 0; i < 3; i++) {
      await clock.advance(50_000);
      await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    }
    expect(await describeRun(executionArn)).toMatchObject({ status: 'RUNNING' });
    await clock.advance(61_000);
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Silent' });
  });

  test('survive a restart; the call that gave the token away is not made again', async () => {
    const executionArn = await start(await create('restart', definition));
    const taskToken = await token();
    await submitted(executionArn);
    client.destroy();
    await runtime.close();
    await open();
    expect(invoked).toHaveLength(1);
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '1' });
    const types = (await historyOf(executionArn)).map(({ type }) => type);
    expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(1);
  });
});

describe('child executions', () => {
  const child = (resource: string) => ({
    Type: 'Task',
    Resource: `arn:aws:states:::states:${resource}`,
    Arguments: { StateMachineArn: '{% $states.input.machine %}', Name: 'child', Input: { n: 1 } },
  });

  test('.sync:2 waits and gets the output as JSON', async () => {
    const machine = await create('child', one({ Type: 'Pass', Output: { got: '{% $states.input.n %}' } }));
    const parent = await create(
      'parent',
      one({ ...child('startExecution.sync:2'), Output: '{% $states.result.Output.got %}' }),
    );
    expect(await ended(await start(parent, { machine }))).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  });

  test('a failed child fails the task with what became of it', async () => {
    const machine = await create(
      'child',
      one({ Type: 'Fail', Error: 'InputError', Cause: 'no such column', End: undefined }),
    );
    const parent = await create('parent', one(child('startExecution.sync:2')));
    const run = await ended(await start(parent, { machine }));
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(run.cause ?? '')).toMatchObject({
      Status: 'FAILED',
      Error: 'InputError',
      Cause: 'no such column',
    });
  });

  test('a stopped parent stops its child; a restart finds the child it had started', async () => {
    const machine = await create('child', one({ Type: 'Wait', Seconds: 3600 }));
    const parent = await create('parent', one(child('startExecution.sync')));
    const executionArn = await start(parent, { machine });
    const childArn = `${machine.replace(':stateMachine:', ':execution:')}:child`;
    const running = async (arn: string) => (await describeRun(arn).catch(() => undefined))?.status;
    for (let tries = 0; tries < 100 && (await running(childArn)) !== 'RUNNING'; tries++);
    client.destroy();
    await runtime.close();
    await open();
    expect(await running(childArn)).toBe('RUNNING');
    await client.send(new StopExecutionCommand({ executionArn }));
    for (let tries = 0; tries < 100 && (await running(childArn)) === 'RUNNING'; tries++);
    expect(await running(childArn)).toBe('ABORTED');
  });

  test('a stranger of the same name is a conflict', async () => {
    const machine = await create('child', one({ Type: 'Pass' }));
    await ended(await start(machine, {}, 'child'));
    const sync = await create('sync', one(child('startExecution.sync')));
    const waited = await start(sync, { machine });
    expect(await ended(waited)).toMatchObject({ error: 'StepFunctions.ExecutionAlreadyExistsException' });
    expect((await historyOf(waited)).map(({ type }) => type)).toContain('TaskSubmitFailed');
    const parent = await create('parent', one(child('startExecution')));
    expect(await ended(await start(parent, { machine }))).toMatchObject({
      status: 'FAILED',
      error: 'StepFunctions.ExecutionAlreadyExistsException',
    });
  });
});

test('waits, time limits and closed executions survive a restart', async () => {
  const wait = await start(await create('wait', one({ Type: 'Wait', Seconds: 3600 })));
  const limited = await start(
    await create('limited', { ...one({ Type: 'Wait', Seconds: 7200 }), TimeoutSeconds: 1800 }),
  );
  const done = await start(await create('done', one({ Type: 'Pass', Output: 'kept' })));
  await ended(done);
  client.destroy();
  await runtime.close();
  await open();
  expect(await describeRun(done)).toMatchObject({ status: 'SUCCEEDED', output: '"kept"' });
  await clock.advance(1_800_000);
  expect(await describeRun(limited)).toMatchObject({ status: 'TIMED_OUT' });
  expect(await describeRun(wait)).toMatchObject({ status: 'RUNNING' });
  await clock.advance(1_800_000);
  expect(await ended(wait)).toMatchObject({ status: 'SUCCEEDED' });
  await until(() => told.length === 6);
});

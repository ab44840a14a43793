/** What tasks call, with stubs in place of the services called; a role's permissions are those of a real IAM. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { AwsError, operation, type Call, type ServiceFactory } from '../../../runtime/operation.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { states } from '../../../runtime/services/states/index.ts';
import { sts } from '../../../runtime/services/sts/index.ts';

let dataDir: string;
let clock: TestClock;
let runtime: Runtime;
let client: SFNClient;
let asked: { operation: string; input: Record<string, unknown>; by: string }[];
let answers: Record<string, (input: Record<string, unknown>) => unknown>;

/** Operations that answer as the test says and need the permission of their name. */
const stub =
  (name: string, names: readonly string[]): ServiceFactory =>
  () => ({
    name,
    protocol: name === 's3' ? 'restXml' : 'awsJson1.1',
    state: {},
    operations: Object.fromEntries(
      names.map((it) => [
        it,
        operation({
          input: z.record(z.string(), z.unknown()),
          needs: () => [{ action: `${name}:${it}`, resource: '*' }],
          run(input, { principal }: Call<object>) {
            asked.push({ operation: it, input, by: principal.arn });
            return answers[it]?.(input) ?? {};
          },
        }),
      ]),
    ),
  });

const open = async () => {
  runtime = await openRuntime({
    dataDir,
    clock,
    services: [
      iam,
      sts,
      stub('sagemaker', [
        'CreateTrainingJob',
        'DescribeTrainingJob',
        'StopTrainingJob',
        'CreateTransformJob',
        'DescribeTransformJob',
        'UpdateEndpoint',
      ]),
      stub('s3', ['GetObject', 'ListObjectsV2']),
      stub('dynamodb', ['PutItem', 'GetItem']),
      stub('logs', ['DescribeLogGroups', 'CreateLogGroup']),
      stub('events', ['PutEvents']),
      stub('lambda', ['Invoke']),
      states,
    ],
  });
  client = new SFNClient({ endpoint: runtime.endpoint, region: runtime.region, credentials: runtime.credentials });
};

const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
const roleArn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

const makeRole = async (name: string, trusted: object, Action: string | string[]) => {
  const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: trusted };
  await runtime.world.call(root, 'iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy(trust) });
  await runtime.world.call(root, 'iam', 'PutRolePolicy', {
    RoleName: name,
    PolicyName: 'all',
    PolicyDocument: policy({ Effect: 'Allow', Action, Resource: '*' }),
  });
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'integrations-'));
  clock = testClock(Date.now());
  asked = [];
  answers = { PutEvents: () => ({ FailedEntryCount: 0, Entries: [] }) };
  await open();
  const services = ['sagemaker:*', 's3:*', 'dynamodb:*', 'logs:*', 'lambda:*', 'sts:AssumeRole'];
  await makeRole('machine', { Service: 'states.amazonaws.com' }, services);
});
afterEach(async () => {
  client.destroy();
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = async (Resource: string, Arguments: object, more: object = {}) => {
  const Task = { Type: 'Task', Resource: `arn:aws:states:::${Resource}`, Arguments, End: true, ...more };
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Task', States: { Task } });
  const created = await client.send(
    new CreateStateMachineCommand({ name: `m${asked.length}`, roleArn: roleArn('machine'), definition }),
  );
  const { executionArn = '' } = await client.send(new StartExecutionCommand(created));
  return executionArn;
};
const ended = async (executionArn: string) => {
  for (let tries = 0; tries < 300; tries++) {
    const run = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (run.status !== 'RUNNING') return run;
    await clock.advance(1000);
  }
  throw new Error(`${executionArn} does not end`);
};
const outcome = async (resource: string, args: object, more: object = {}) => {
  const { status, output, error, cause } = await ended(await start(resource, args, more));
  if (status === 'SUCCEEDED') return JSON.parse(output ?? 'null') as unknown;
  return { error, cause };
};
const until = async (holds: () => boolean) => {
  for (let tries = 0; tries < 300 && !holds(); tries++) {
    await clock.advance(100);
    await new Promise((wake) => setTimeout(wake, 5));
  }
  expect(holds()).toBe(true);
};
const count = (name: string) => asked.filter(({ operation: it }) => it === name).length;
const inputOf = (name: string) => asked.findLast(({ operation: it }) => it === name)?.input;
const typesOf = async (executionArn: string) =>
  ((await client.send(new GetExecutionHistoryCommand({ executionArn }))).events ?? []).map(({ type }) => type);

describe('sagemaker:createTrainingJob.sync', () => {
  const given = { TrainingJobName: 'job' };
  const TrainingJobArn = 'arn:aws:sagemaker:eu-west-1:000000000000:training-job/job';
  let status: string | undefined;
  beforeEach(() => {
    status = undefined;
    Object.assign(answers, {
      CreateTrainingJob: () => {
        if (status) throw new AwsError('ResourceInUse', 'taken');
        status = 'InProgress';
        return { TrainingJobArn };
      },
      DescribeTrainingJob: () => {
        if (!status) throw new AwsError('ValidationException', 'Requested resource not found.');
        return { TrainingJobArn, TrainingJobStatus: status, CreationTime: 1_600_000_000.5 };
      },
      StopTrainingJob: () => ((status = 'Stopped'), {}),
    });
  });

  test('ends with what the job became, times in milliseconds, and marks the job as managed', async () => {
    const arn = await start('sagemaker:createTrainingJob.sync', given);
    await until(() => count('DescribeTrainingJob') > 2);
    status = 'Completed';
    const { output } = await ended(arn);
    expect(JSON.parse(output ?? '')).toEqual({
      TrainingJobArn,
      TrainingJobStatus: 'Completed',
      CreationTime: 1_600_000_000_500,
    });
    expect(inputOf('CreateTrainingJob')).toEqual({
      TrainingJobName: 'job',
      Tags: [{ Key: 'MANAGED_BY_AWS', Value: 'STARTED_BY_STEP_FUNCTIONS' }],
    });
    expect(await typesOf(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('a failed job fails the task with its description', async () => {
    const arn = await start('sagemaker:createTrainingJob.sync', given);
    await until(() => status === 'InProgress');
    status = 'Failed';
    const { error, cause } = await ended(arn);
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({ TrainingJobStatus: 'Failed' });
  });

  test('a name that is taken fails the submission', async () => {
    status = 'InProgress';
    const arn = await start('sagemaker:createTrainingJob.sync', given);
    expect(await ended(arn)).toMatchObject({ error: 'SageMaker.ResourceInUseException' });
    expect(await typesOf(arn)).toContain('TaskSubmitFailed');
  });

  test('a stopped execution stops its job; a time-out does as well', async () => {
    const arn = await start('sagemaker:createTrainingJob.sync', given);
    await until(() => status === 'InProgress');
    await client.send(new StopExecutionCommand({ executionArn: arn }));
    await until(() => status === 'Stopped');
    status = undefined;
    const late = await start('sagemaker:createTrainingJob.sync', given, { TimeoutSeconds: 60 });
    await until(() => count('DescribeTrainingJob') > 0);
    expect(await ended(late)).toMatchObject({ error: 'States.Timeout' });
    await until(() => status === 'Stopped');
  });

  test('a restart goes on waiting and creates nothing twice', async () => {
    const arn = await start('sagemaker:createTrainingJob.sync', given);
    await until(() => count('DescribeTrainingJob') > 2);
    client.destroy();
    await runtime.close();
    await open();
    status = 'Completed';
    expect(await ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(count('CreateTrainingJob')).toBe(1);
  });
});

describe('aws-sdk', () => {
  test('bodies are text, times ISO texts', async () => {
    answers['GetObject'] = () => ({
      Body: (async function* () {
        yield new TextEncoder().encode('a,b');
      })(),
      LastModified: 1_600_000_000,
      ContentLength: 3,
    });
    expect(await outcome('aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' })).toEqual({
      Body: 'a,b',
      LastModified: '2020-09-13T12:26:40Z',
      ContentLength: 3,
    });
  });

  test('a body above the quota fails the task', async () => {
    answers['GetObject'] = () => ({
      Body: (async function* () {
        for (;;) yield new Uint8Array(65_536).fill(97);
      })(),
    });
    expect(await outcome('aws-sdk:s3:getObject', {})).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  test('errors are spelled as the SDK of the service spells them', async () => {
    answers['ListObjectsV2'] = () => {
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    };
    const of = (message: string, service: string) =>
      expect.stringMatching(
        new RegExp(`^${message} \\(Service: ${service}, Status Code: 40\\d, Request ID: [^)]+\\)$`),
      );
    expect(await outcome('aws-sdk:s3:listObjectsV2', {})).toEqual({
      error: 'S3.NoSuchBucketException',
      cause: of('The specified bucket does not exist', 'S3'),
    });
  });

  test('attribute values of DynamoDB have the names of the SDK', async () => {
    answers['GetItem'] = () => ({
      Item: { ok: { BOOL: true }, tags: { SS: ['a'] }, m: { M: { none: { NULL: true } } } },
    });
    const Item = { ok: { Bool: true }, tags: { Ss: ['a'] }, m: { M: { none: { Nul: true } } } };
    expect(await outcome('aws-sdk:dynamodb:getItem', { Key: { id: { S: 'x' } } })).toEqual({ Item });
    await outcome('aws-sdk:dynamodb:putItem', { Item });
    expect(inputOf('PutItem')).toEqual({
      Item: { ok: { BOOL: true }, tags: { SS: ['a'] }, m: { M: { none: { NULL: true } } } },
    });
  });

  test('members are in PascalCase; the keys of maps and the times of CloudWatch Logs stay', async () => {
    answers['DescribeLogGroups'] = () => ({ logGroups: [{ logGroupName: 'g', creationTime: 1_600_000_000_000 }] });
    expect(await outcome('aws-sdk:cloudwatchlogs:describeLogGroups', {})).toEqual({
      LogGroups: [{ LogGroupName: 'g', CreationTime: 1_600_000_000_000 }],
    });
    await outcome('aws-sdk:cloudwatchlogs:createLogGroup', { LogGroupName: 'g', Tags: { Team: 'a' } });
    expect(inputOf('CreateLogGroup')).toEqual({ logGroupName: 'g', tags: { Team: 'a' } });
  });

  test('an operation the runtime lacks cannot be caught', async () => {
    const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Task' }] };
    expect(await outcome('aws-sdk:s3:selectObjectContent', {}, caught)).toEqual({
      error: 'States.Runtime',
      cause: expect.stringContaining("NotImplemented: s3 has no operation 'SelectObjectContent'"),
    });
  });
});

describe('roles', () => {
  test('a call the role may not make fails with the base exception of the service', async () => {
    expect(await outcome('events:putEvents', { Entries: [] })).toEqual({
      error: 'EventBridge.AmazonEventBridgeException',
      cause: expect.stringMatching(
        /assumed-role\/machine\/.* is not authorized to perform: events:PutEvents on resource: .*\(Service: AmazonEventBridge; Status Code: 400; Error Code: AccessDeniedException; Request ID: .*; Proxy: null\)$/,
      ),
    });
  });

  test("a task's own role is assumed, when it trusts the machine's", async () => {
    const Credentials = (name: string) => ({ Credentials: { RoleArn: roleArn(name) } });
    await makeRole('other', { AWS: roleArn('machine') }, 'events:*');
    await makeRole('stranger', { AWS: roleArn('other') }, 'events:*');
    expect(await outcome('events:putEvents', { Entries: [] }, Credentials('other'))).toMatchObject({
      FailedEntryCount: 0,
    });
    expect(asked.findLast((it) => it.operation === 'PutEvents' && it.by.includes('role/other/'))).toBeDefined();
    expect(await outcome('events:putEvents', { Entries: [] }, Credentials('stranger'))).toMatchObject({
      error: 'States.Permissions',
    });
  });
});

test('lambda:invoke passes the client context as Lambda wants it', async () => {
  answers['Invoke'] = () => ({ StatusCode: 200, ExecutedVersion: '$LATEST', Payload: Buffer.from('{"a":1}') });
  expect(await outcome('lambda:invoke', { FunctionName: 'f', ClientContext: { custom: 1 } })).toMatchObject({
    Payload: { a: 1 },
    StatusCode: 200,
  });
  expect(inputOf('Invoke')?.['ClientContext']).toBe(Buffer.from('{"custom":1}').toString('base64'));
});

test.each(['batch:submitJob', 'http:invoke', 'sagemaker:createProcessingJob.sync', 'dynamodb:query'])(
  '%s is refused when the machine is created',
  async (resource) => {
    await expect(start(resource, {})).rejects.toThrow(/not supported|not recognized|NotImplemented/i);
  },
);

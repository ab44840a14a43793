import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { systemClock, testClock, type Clock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { AwsError, operation, type Principal, type ServiceFactory } from '../../../runtime/operation.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { lambda } from '../../../runtime/services/lambda/index.ts';
import { logs } from '../../../runtime/services/logs/index.ts';
import { sts } from '../../../runtime/services/sts/index.ts';

const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));
const esm = (body: string) => zip({ 'index.mjs': body });

const role = 'arn:aws:iam::000000000000:role/worker';

/** Stands for S3: one object of one version, given in two parts. */
const object = esm(`export const handler = async () => 'from s3'`);
const getObject = operation({
  input: z.strictObject({ Bucket: z.literal('artefacts'), Key: z.string(), VersionId: z.string().optional() }),
  needs: ({ Key }) => [{ action: 's3:GetObject', resource: `arn:aws:s3:::artefacts/${Key}` }],
  run({ Key }) {
    if (Key !== 'code.zip') throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    return { Body: Readable.from([object.subarray(0, 20), object.subarray(20)]) };
  },
});
const s3: ServiceFactory = () => ({ name: 's3', protocol: 'restXml', state: {}, operations: { GetObject: getObject } });

const folders: string[] = [];
const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lambda-'));
  folders.push(folder);
  return folder;
};

let dataDir: string;
let runtime: Runtime;
let client: LambdaClient;

const connect = (to: Runtime) => ({ region: 'eu-west-1', endpoint: to.endpoint, credentials: to.credentials });
const open = (clock: Clock = systemClock, folder = dataDir) =>
  openRuntime({ dataDir: folder, clock, services: [lambda, logs, s3] });

beforeAll(async () => {
  dataDir = await temporaryFolder();
  runtime = await open();
  client = new LambdaClient({ ...connect(runtime), maxAttempts: 1 });
});
afterAll(async () => {
  await runtime.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const create = (FunctionName: string, ZipFile: Uint8Array, more: Partial<CreateFunctionCommandInput> = {}) =>
  client.send(
    new CreateFunctionCommand({
      FunctionName,
      Code: { ZipFile },
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      ...more,
    }),
  );

const invoke = async (FunctionName: string, event: unknown = {}, from = client) => {
  const answer = await from.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }));
  return {
    error: answer.FunctionError,
    payload: JSON.parse(answer.Payload?.transformToString() ?? 'null'),
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
};

describe('a function', () => {
  test('gets its event and context and answers', async () => {
    const made = await create(
      'echo',
      esm(`export const handler = async (event, context) => ({
        event, context: { ...context, left: context.getRemainingTimeInMillis() } })`),
      { Timeout: 7, MemorySize: 256, Tags: { team: 'data' } },
    );
    expect(made).toMatchObject({ State: 'Active', Timeout: 7, MemorySize: 256, Version: '$LATEST' });
    const { payload, error } = await invoke('echo', { rows: 3 });
    expect(error).toBeUndefined();
    expect(payload.event).toEqual({ rows: 3 });
    expect(payload.context).toMatchObject({
      functionName: 'echo',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:echo',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/echo',
    });
    expect(payload.context.left).toBeGreaterThan(5000);
    expect(payload.context.left).toBeLessThanOrEqual(7000);
  });

  test('sees its own environment and nothing of the host’s', async () => {
    process.env['SECRET_OF_THE_HOST'] = 'leak';
    await create('env', esm(`export const handler = async () => ({ ...process.env })`), {
      Environment: { Variables: { TABLE: 'ledger' } },
    });
    const { payload } = await invoke('env');
    expect(Object.keys(payload).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'LAMBDA_TASK_ROOT',
      'TABLE',
      'TZ',
      '_HANDLER',
    ]);
    expect(payload).toMatchObject({ TABLE: 'ledger', AWS_ENDPOINT_URL: runtime.endpoint, AWS_REGION: 'eu-west-1' });
    expect(payload.AWS_ACCESS_KEY_ID).not.toBe(runtime.credentials.accessKeyId);
  });

  test.each([
    ['commonJs', { 'index.js': `exports.handler = async () => 'cjs'` }, 'index.handler', 'cjs'],
    ['computed', { 'index.cjs': `module.exports = { ['han' + 'dler']: () => 'late' }` }, 'index.handler', 'late'],
    [
      'nested',
      { 'dist/plan/index.mjs': `export const handler = async () => 'plan'` },
      'dist/plan/index.handler',
      'plan',
    ],
    ['path', { 'a.mjs': `export const api = { get: async () => 'got' }` }, 'a.api.get', 'got'],
  ])('is found in its bundle: %s', async (name, files, Handler, answer) => {
    await create(name, zip(files), { Handler });
    expect((await invoke(name)).payload).toBe(answer);
  });

  test('is fetched from S3', async () => {
    const from = (S3Key: string) => ({ Code: { S3Bucket: 'artefacts', S3Key, S3ObjectVersion: '1' } });
    await create('fetched', esm(''), from('code.zip'));
    expect((await invoke('fetched')).payload).toBe('from s3');
    await expect(create('absent', esm(''), from('other.zip'))).rejects.toThrow('S3 Error Code: NoSuchKey');
  });

  test('stays warm between events and starts again when its code changes', async () => {
    const counter = (version: string) => esm(`let n = 0; export const handler = async () => '${version}' + ++n`);
    await create('warm', counter('a'));
    expect((await invoke('warm')).payload).toBe('a1');
    expect((await invoke('warm')).payload).toBe('a2');
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'warm', ZipFile: counter('b') }));
    expect((await invoke('warm')).payload).toBe('b1');
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'warm', Timeout: 9 }));
    expect((await invoke('warm')).payload).toBe('b1');
  });
});

describe('errors', () => {
  test('what a handler throws is reported with type, message and trace', async () => {
    await create(
      'throws',
      esm(`class InputError extends Error { constructor(m) { super(m); this.name = 'InputError' } }
        export const handler = async () => { throw new InputError('no column medv') }`),
    );
    const { error, payload, log } = await invoke('throws');
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'InputError', errorMessage: 'no column medv' });
    expect(payload.trace[0]).toBe('InputError: no column medv');
    expect(log).toContain('ERROR\tInvoke Error');
  });

  test('a function that takes too long is ended, and works again afterwards', async () => {
    await create(
      'slow',
      esm(`export const handler = async ({ wait }) => new Promise((r) => setTimeout(r, wait, 'done'))`),
      {
        Timeout: 1,
      },
    );
    const { error, payload } = await invoke('slow', { wait: 60_000 });
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe('Sandbox.Timedout');
    expect(payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/);
    expect((await invoke('slow', { wait: 1 })).payload).toBe('done');
  });

  test.each([
    ['exits', `export const handler = async () => process.exit(3)`, 'Runtime.ExitError', 'exit status 3'],
    ['leaves', `export const handler = async () => process.exit()`, 'Runtime.ExitError', 'without providing a reason'],
    [
      'rejects',
      `export const handler = () => { Promise.reject(new Error('lost')); return new Promise(() => {}) }`,
      'Runtime.UnhandledPromiseRejection',
      'lost',
    ],
    [
      'explodes',
      `export const handler = () => new Promise(() => { setTimeout(() => { throw new RangeError('bang') }) })`,
      'RangeError',
      'bang',
    ],
    ['initFails', `throw new TypeError('no table')`, 'TypeError', 'no table'],
    ['unparsable', `export const handler = (`, 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['misses', `import 'not-there-at-all'; export const handler = () => 1`, 'Runtime.ImportModuleError', 'not-there'],
    ['unexported', `export const other = 1`, 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
    [
      'callback',
      `export const handler = (e, c, done) => done(null, 1)`,
      'Runtime.CallbackHandlerDeprecated',
      'promise',
    ],
    ['streams', `export const handler = awslambda.streamifyResponse(async () => {})`, 'Error', 'not supported'],
    [
      'hungry',
      `export const handler = () => { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)) }`,
      'Runtime.ExitError',
      'signal: killed',
    ],
    ['verbose', `export const handler = () => 'x'.repeat(7_000_000)`, 'Function.ResponseSizeTooLarge', '6291556 bytes'],
  ])('%s is reported as AWS does', async (name, source, errorType, message) => {
    await create(name, esm(source), { Timeout: 10 });
    const { error, payload } = await invoke(name);
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe(errorType);
    expect(payload.errorMessage).toContain(message);
  });

  test('a missing file, a second function of a name, a bad zip and a reserved variable are refused', async () => {
    await create('no-file', esm('export const handler = 1'), { Handler: 'other.handler' });
    expect((await invoke('no-file')).payload).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'other'",
    });
    await expect(create('no-file', esm(''))).rejects.toMatchObject({ name: 'ResourceConflictException' });
    await expect(create('bad', strToU8('not a zip'))).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(create('bad', esm(''), { Environment: { Variables: { AWS_REGION: 'x' } } })).rejects.toThrow(
      'Reserved keys used in this request: AWS_REGION',
    );
    await expect(create('bad', esm(''), { VpcConfig: {} })).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(invoke('bad')).rejects.toThrow(
      'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:bad',
    );
  });

  test('a zip may not write outside its folder', async () => {
    for (const path of ['../evil.mjs', '/etc/evil.mjs', 'a/../../evil.mjs', 'a\\..\\evil.mjs'])
      await expect(create('slip', zip({ [path]: 'x' }))).rejects.toThrow('Could not unzip uploaded file');
    expect(await readdir(dataDir)).not.toContain('evil.mjs');
  });
});

describe('logs', () => {
  test('lines go to the function’s group with START, END and REPORT around them', async () => {
    await create(
      'talks',
      esm(`console.log('loading');
        export const handler = async (event, { awsRequestId }) => {
          console.warn('rows %d', 3); process.stdout.write('{"raw":1}\\nunfinished'); return awsRequestId }`),
    );
    const { payload: id, log } = await invoke('talks');
    expect(log.split('\n')).toEqual([
      `START RequestId: ${id} Version: $LATEST`,
      expect.stringMatching(/^\S+Z\tundefined\tINFO\tloading$/),
      expect.stringMatching(new RegExp(`^\\S+Z\\t${id}\\tWARN\\trows 3$`)),
      '{"raw":1}',
      'unfinished',
      `END RequestId: ${id}`,
      expect.stringMatching(
        new RegExp(
          `^REPORT RequestId: ${id}\\tDuration: .* ms\\tBilled Duration: .*\\tMemory Size: 128 MB.*Init Duration`,
        ),
      ),
      '',
    ]);
    const cloudWatch = new CloudWatchLogsClient(connect(runtime));
    const stored = async () => {
      const { events = [] } = await cloudWatch.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/talks' }));
      return events;
    };
    let events = await stored().catch(() => []);
    while (events.length < 7) events = await stored().catch(() => []);
    expect(events.map(({ message }) => message?.trimEnd())).toEqual(
      log
        .trimEnd()
        .split('\n')
        .map((l) => l.trimEnd()),
    );
    expect(events[0]?.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  });
});

describe('concurrency', () => {
  test('events at the same time run in environments of their own', async () => {
    await create(
      'twin',
      esm(
        `let n = 0; export const handler = async () => { n++; await new Promise((r) => setTimeout(r, 100)); return n }`,
      ),
    );
    const answers = await Promise.all([invoke('twin'), invoke('twin')]);
    expect(answers.map(({ payload }) => payload)).toEqual([1, 1]);
  });

  test('a reserved concurrency of nothing throttles', async () => {
    await create('stopped', esm(`export const handler = () => 1`));
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'stopped', ReservedConcurrentExecutions: 0 }));
    await expect(invoke('stopped')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
  });
});

describe('the function’s policy', () => {
  const rule = 'arn:aws:events:eu-west-1:000000000000:rule/nightly';
  const events: Principal = { kind: 'service', service: 'events.amazonaws.com', arn: rule };

  test('lets a service in for the source it names and for no other', async () => {
    await create('guarded', esm(`export const handler = () => 'in'`));
    const call = (principal: Principal) =>
      runtime.world.call(principal, 'lambda', 'Invoke', { FunctionName: 'guarded' });
    await expect(call(events)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await client.send(
      new AddPermissionCommand({
        FunctionName: 'guarded',
        StatementId: 'nightly',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:eu-west-1:000000000000:rule/night*',
      }),
    );
    expect(await call(events)).toMatchObject({ StatusCode: 200 });
    await expect(call({ ...events, arn: rule.replace('nightly', 'daily') })).rejects.toThrow('not authorized');
    await expect(call({ ...events, service: 'sns.amazonaws.com' })).rejects.toThrow('not authorized');
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: 'guarded' }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({
      Statement: [{ Sid: 'nightly', Principal: { Service: 'events.amazonaws.com' } }],
    });
    await client.send(new RemovePermissionCommand({ FunctionName: 'guarded', StatementId: 'nightly' }));
    await expect(call(events)).rejects.toThrow('not authorized');
  });
});

describe('listing and deleting', () => {
  test('pages through the functions by name', async () => {
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
    expect(first.Functions).toHaveLength(2);
    const second = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }));
    expect(second.Functions?.[0]?.FunctionName).not.toBe(first.Functions?.[1]?.FunctionName);
  });

  test('a deleted function is gone', async () => {
    await create('brief', esm('export const handler = () => 1'));
    expect(
      (await client.send(new GetFunctionCommand({ FunctionName: 'brief' }))).Configuration?.CodeSize,
    ).toBeGreaterThan(0);
    await client.send(new DeleteFunctionCommand({ FunctionName: 'brief' }));
    await expect(invoke('brief')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('asynchronous events', () => {
  /** Appends a line per attempt to a file, and fails until the file has `succeedAt` lines. */
  const attempts = esm(`import { appendFileSync, readFileSync } from 'node:fs';
    export const handler = async ({ file, succeedAt, hang }) => {
      appendFileSync(file, 'attempt\\n');
      const count = readFileSync(file, 'utf8').split('\\n').length - 1;
      if (hang && count === 1) return new Promise(() => { setInterval(() => {}, 1000) });
      if (count < succeedAt) throw new Error('not yet');
    }`);
  const minute = 60_000;
  const start = 1_750_000_000_000;

  let folder: string;
  let tries: string;
  const events = (here: Runtime) => [...here.world.store.table<{ failures: number }>('lambda.events').values()];
  const attempted = async () => (await readFile(tries, 'utf8').catch(() => '')).split('\n').length - 1;
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const send = (here: Runtime, FunctionName: string, event: object) =>
    new LambdaClient(connect(here)).send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify({ file: tries, ...event }) }),
    );
  const createIn = (here: Runtime, FunctionName: string, ZipFile: Uint8Array) =>
    new LambdaClient(connect(here)).send(
      new CreateFunctionCommand({
        FunctionName,
        Code: { ZipFile },
        Role: role,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
      }),
    );

  beforeEach(async () => {
    folder = await temporaryFolder();
    tries = join(folder, 'tries');
  });

  test('are tried again after one and after two minutes, then dropped', async () => {
    const clock = testClock(start);
    await using here = await open(clock, folder);
    await createIn(here, 'flaky', attempts);
    expect((await send(here, 'flaky', { succeedAt: 9 })).StatusCode).toBe(202);
    await until(() => events(here)[0]?.failures === 1);
    await clock.advance(minute - 1);
    expect(await attempted()).toBe(1);
    await clock.advance(1);
    await until(() => events(here)[0]?.failures === 2);
    await clock.advance(2 * minute);
    await until(() => events(here).length === 0);
    expect(await attempted()).toBe(3);
  });

  test('end with success, or at the limit the function sets', async () => {
    const clock = testClock(start);
    await using here = await open(clock, folder);
    await createIn(here, 'flaky', attempts);
    await send(here, 'flaky', { succeedAt: 2 });
    await until(() => events(here)[0]?.failures === 1);
    await clock.advance(minute);
    await until(() => events(here).length === 0);
    expect(await attempted()).toBe(2);
    const limit = { FunctionName: 'flaky', MaximumRetryAttempts: 0 };
    await new LambdaClient(connect(here)).send(new PutFunctionEventInvokeConfigCommand(limit));
    await send(here, 'flaky', { succeedAt: 9 });
    await until(() => events(here).length === 0);
    expect(await attempted()).toBe(3);
  });

  test('survive a restart: one that waits for its retry and one that was cut short', async () => {
    const before = await open(testClock(start), folder);
    await createIn(before, 'flaky', attempts);
    await send(before, 'flaky', { succeedAt: 3 });
    await until(() => events(before)[0]?.failures === 1);
    await before.close();

    await using after = await open(testClock(start + 2 * minute), folder);
    await until(() => events(after)[0]?.failures === 2);
    expect(await attempted()).toBe(2);
    await after.close();

    await rm(tries);
    const hanging = await open(testClock(start + 3 * minute), folder);
    await send(hanging, 'flaky', { hang: true, succeedAt: 2 });
    await until(async () => (await attempted()) === 1);
    await hanging.close();
    await using last = await open(testClock(start + 3 * minute), folder);
    await until(async () => (await attempted()) === 2);
    await until(() => events(last).length === 1);
  });
});

describe('the function’s role', () => {
  const asRoot: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
  const trusting = (service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    });
  const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

  test('must trust Lambda, and may only log what its policies allow', async () => {
    const folder = await temporaryFolder();
    const services = [iam, lambda, logs, sts];
    const here = await openRuntime({ dataDir: folder, services });
    const ask = (service: string, name: string, input: object) => here.world.call(asRoot, service, name, input);
    const make = (name: string) =>
      ask('lambda', 'CreateFunction', {
        FunctionName: name,
        Code: { ZipFile: esm(`export const handler = async () => console.log('heard')`) },
        Role: `arn:aws:iam::000000000000:role/${name}`,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
      });
    for (const [RoleName, service] of [
      ['stranger', 'states.amazonaws.com'],
      ['mute', 'lambda.amazonaws.com'],
      ['speaker', 'lambda.amazonaws.com'],
    ] as const)
      await ask('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trusting(service) });
    await ask('iam', 'AttachRolePolicy', { RoleName: 'speaker', PolicyArn: basic });

    const refusal = 'The role defined for the function cannot be assumed by Lambda.';
    await expect(make('stranger')).rejects.toThrow(refusal);
    await expect(make('nobody')).rejects.toThrow(refusal);
    for (const FunctionName of ['mute', 'speaker']) {
      await make(FunctionName);
      expect(await ask('lambda', 'Invoke', { FunctionName })).toMatchObject({ StatusCode: 200 });
    }
    await here.close();

    await using after = await openRuntime({ dataDir: folder, services });
    expect([...after.world.store.table('logs.groups').keys()]).toEqual(['/aws/lambda/speaker']);
  });

  test('is who its AWS clients are: the bundled SDK finds endpoint and credentials in the environment', async () => {
    const bundled = await build({
      stdin: {
        contents: `import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
          const sts = new STSClient({});
          export const handler = async () => (await sts.send(new GetCallerIdentityCommand({}))).Arn;`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    await using here = await openRuntime({ dataDir: await temporaryFolder(), services: [lambda, sts] });
    const to = new LambdaClient(connect(here));
    const settings = {
      FunctionName: 'who',
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 20,
    } as const;
    const text = bundled.outputFiles[0]?.text ?? '';
    await here.world.call(asRoot, 'lambda', 'CreateFunction', { ...settings, Code: { ZipFile: esm(text) } });
    expect((await invoke('who', {}, to)).payload).toBe('arn:aws:sts::000000000000:assumed-role/worker/who');
  });

  test('invokes another function only where its policies allow', async () => {
    await using here = await openRuntime({
      dataDir: await temporaryFolder(),
      services: [iam, lambda, sts],
    });
    await here.world.call(asRoot, 'iam', 'CreateRole', {
      RoleName: 'caller',
      AssumeRolePolicyDocument: trusting('lambda.amazonaws.com'),
    });
    const caller = new LambdaClient({
      ...connect(here),
      credentials: here.world.credentialsFor('arn:aws:iam::000000000000:role/caller', 'test'),
    });
    await expect(caller.send(new InvokeCommand({ FunctionName: 'plan' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:000000000000:function:plan',
      ),
    });
  });
});

describe('bundles', () => {
  test('no function runs any more are removed at the next start', async () => {
    const folder = await temporaryFolder();
    const before = await open(systemClock, folder);
    const to = new LambdaClient(connect(before));
    const settings = { FunctionName: 'kept', Role: role, Runtime: 'nodejs22.x', Handler: 'index.handler' } as const;
    await to.send(new CreateFunctionCommand({ ...settings, Code: { ZipFile: esm(`export const handler = () => 1`) } }));
    const ZipFile = esm(`export const handler = () => 2`);
    await to.send(new UpdateFunctionCodeCommand({ FunctionName: 'kept', ZipFile }));
    expect(await readdir(join(folder, 'lambda', 'kept'))).toHaveLength(2);
    await before.close();
    await using after = await open(systemClock, folder);
    expect(await readdir(join(folder, 'lambda', 'kept'))).toHaveLength(1);
    expect((await invoke('kept', {}, new LambdaClient(connect(after)))).payload).toBe(2);
  });
});

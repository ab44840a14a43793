import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8 } from 'fflate';
import * as z from 'zod';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { AwsError, operation, type ServiceFactory } from '../../../runtime/operation.ts';
import { lambda } from '../../../runtime/services/lambda/index.ts';
import { clientOf, create, esm, invoke, removeFolders, role, temporaryFolder, zip } from './lambda/functionFixture.ts';

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

let dataDir: string;
let runtime: Runtime;
let client: LambdaClient;

const open = (folder = dataDir) => openRuntime({ dataDir: folder, services: [lambda, s3] });

beforeAll(async () => {
  dataDir = await temporaryFolder();
  runtime = await open();
  client = clientOf(runtime);
});
afterAll(async () => {
  await runtime.close();
  await removeFolders();
});

describe('a function', () => {
  test('gets its event and context and answers', async () => {
    const made = await create(
      client,
      'echo',
      esm(`export const handler = async (event, context) => ({
        event, context: { ...context, left: context.getRemainingTimeInMillis() } })`),
      { Timeout: 7, MemorySize: 256, Tags: { team: 'data' } },
    );
    expect(made).toMatchObject({ State: 'Active', Timeout: 7, MemorySize: 256, Version: '$LATEST' });
    const { payload, error } = await invoke(client, 'echo', { rows: 3 });
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
    await create(client, 'env', esm(`export const handler = async () => ({ ...process.env })`), {
      Environment: { Variables: { TABLE: 'ledger' } },
    });
    const { payload } = await invoke(client, 'env');
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
      'TMPDIR',
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
    await create(client, name, zip(files), { Handler });
    expect((await invoke(client, name)).payload).toBe(answer);
  });

  test('is fetched from S3', async () => {
    const from = (S3Key: string) => ({ Code: { S3Bucket: 'artefacts', S3Key, S3ObjectVersion: '1' } });
    await create(client, 'fetched', esm(''), from('code.zip'));
    expect((await invoke(client, 'fetched')).payload).toBe('from s3');
    await expect(create(client, 'absent', esm(''), from('other.zip'))).rejects.toThrow('S3 Error Code: NoSuchKey');
  });

  test('stays warm between events and starts again when its code changes', async () => {
    const counter = (version: string) => esm(`let n = 0; export const handler = async () => '${version}' + ++n`);
    await create(client, 'warm', counter('a'));
    expect((await invoke(client, 'warm')).payload).toBe('a1');
    expect((await invoke(client, 'warm')).payload).toBe('a2');
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'warm', ZipFile: counter('b') }));
    expect((await invoke(client, 'warm')).payload).toBe('b1');
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'warm', Timeout: 9 }));
    expect((await invoke(client, 'warm')).payload).toBe('b1');
  });
});

describe('errors', () => {
  test('what a handler throws is reported with type, message and trace', async () => {
    await create(
      client,
      'throws',
      esm(`class InputError extends Error { constructor(m) { super(m); this.name = 'InputError' } }
        export const handler = async () => { throw new InputError('no column medv') }`),
    );
    const { error, payload, log } = await invoke(client, 'throws');
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'InputError', errorMessage: 'no column medv' });
    expect(payload.trace[0]).toBe('InputError: no column medv');
    expect(log).toContain('ERROR\tInvoke Error');
  });

  test('a function that takes too long is ended, and works again afterwards', async () => {
    await create(
      client,
      'slow',
      esm(`export const handler = async ({ wait }) => new Promise((r) => setTimeout(r, wait, 'done'))`),
      {
        Timeout: 1,
      },
    );
    const { error, payload } = await invoke(client, 'slow', { wait: 60_000 });
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe('Sandbox.Timedout');
    expect(payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/);
    expect((await invoke(client, 'slow', { wait: 1 })).payload).toBe('done');
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
    await create(client, name, esm(source), { Timeout: 10 });
    const { error, payload } = await invoke(client, name);
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe(errorType);
    expect(payload.errorMessage).toContain(message);
  });

  test('a missing file, a second function of a name, a bad zip and a reserved variable are refused', async () => {
    await create(client, 'no-file', esm('export const handler = 1'), { Handler: 'other.handler' });
    expect((await invoke(client, 'no-file')).payload).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'other'",
    });
    await expect(create(client, 'no-file', esm(''))).rejects.toMatchObject({ name: 'ResourceConflictException' });
    await expect(create(client, 'bad', strToU8('not a zip'))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(create(client, 'bad', esm(''), { Environment: { Variables: { AWS_REGION: 'x' } } })).rejects.toThrow(
      'Reserved keys used in this request: AWS_REGION',
    );
    await expect(create(client, 'bad', esm(''), { VpcConfig: {} })).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(invoke(client, 'bad')).rejects.toThrow(
      'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:bad',
    );
  });

  test('a zip may not write outside its folder', async () => {
    for (const path of ['../evil.mjs', '/etc/evil.mjs', 'a/../../evil.mjs', 'a\\..\\evil.mjs'])
      await expect(create(client, 'slip', zip({ [path]: 'x' }))).rejects.toThrow('Could not unzip uploaded file');
    expect(await readdir(dataDir)).not.toContain('evil.mjs');
  });
});

describe('concurrency', () => {
  test('events at the same time run in environments of their own', async () => {
    await create(
      client,
      'twin',
      esm(
        `let n = 0; export const handler = async () => { n++; await new Promise((r) => setTimeout(r, 100)); return n }`,
      ),
    );
    const answers = await Promise.all([invoke(client, 'twin'), invoke(client, 'twin')]);
    expect(answers.map(({ payload }) => payload)).toEqual([1, 1]);
  });

  test('a reserved concurrency of nothing throttles', async () => {
    await create(client, 'stopped', esm(`export const handler = () => 1`));
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'stopped', ReservedConcurrentExecutions: 0 }));
    await expect(invoke(client, 'stopped')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
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
    await create(client, 'brief', esm('export const handler = () => 1'));
    expect(
      (await client.send(new GetFunctionCommand({ FunctionName: 'brief' }))).Configuration?.CodeSize,
    ).toBeGreaterThan(0);
    await client.send(new DeleteFunctionCommand({ FunctionName: 'brief' }));
    await expect(invoke(client, 'brief')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('bundles', () => {
  test('no function runs any more are removed at the next start', async () => {
    const folder = await temporaryFolder();
    const before = await open(folder);
    const to = clientOf(before);
    const settings = { FunctionName: 'kept', Role: role, Runtime: 'nodejs22.x', Handler: 'index.handler' } as const;
    await to.send(new CreateFunctionCommand({ ...settings, Code: { ZipFile: esm(`export const handler = () => 1`) } }));
    const ZipFile = esm(`export const handler = () => 2`);
    await to.send(new UpdateFunctionCodeCommand({ FunctionName: 'kept', ZipFile }));
    expect(await readdir(join(folder, 'lambda', 'kept'))).toHaveLength(2);
    await before.close();
    await using after = await open(folder);
    expect(await readdir(join(folder, 'lambda', 'kept'))).toHaveLength(1);
    expect((await invoke(clientOf(after), 'kept')).payload).toBe(2);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { openRuntime, type Runtime } from '../../runtime/index.ts';
import { AwsError, operation, type Routed, type ServiceFactory } from '../../runtime/operation.ts';

/** What the operations were called with, newest last. */
let seen: unknown[] = [];
const noting = (input: z.ZodType, output: unknown = {}) =>
  operation({
    input,
    needs: () => [],
    run(it: unknown) {
      seen.push(it);
      return output;
    },
  });

const attributes = z.record(z.string(), z.string());
const sns: ServiceFactory = () => ({
  name: 'sns',
  protocol: 'awsQuery',
  operations: {
    CreateTopic: noting(
      z.strictObject({
        Name: z.string(),
        Attributes: attributes,
        Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
      }),
      { TopicArn: 'arn:aws:sns:::<a&b>' },
    ),
    GetTopicAttributes: noting(z.strictObject({ TopicArn: z.string() }), {
      Attributes: { DisplayName: '"x" & <y>\r\n', Policy: '{}' },
    }),
    ListTopics: noting(z.strictObject({}), { Topics: [{ TopicArn: 'a' }, { TopicArn: 'b' }] }),
    Publish: noting(
      z.strictObject({
        TopicArn: z.string(),
        Message: z.string(),
        MessageAttributes: z.record(z.string(), z.strictObject({ DataType: z.string(), StringValue: z.string() })),
      }),
      { MessageId: '1' },
    ),
  },
  state: {},
});

const routes: readonly [string, RegExp, (match: RegExpExecArray, query: Readonly<Record<string, string>>) => Routed][] =
  [
    [
      'POST',
      /\/functions\/([^/]+)\/invocations$/,
      ([, name]) => ({ operation: 'Invoke', input: { FunctionName: name }, payload: 'Payload' }),
    ],
    [
      'PUT',
      /\/functions\/([^/]+)\/configuration$/,
      ([, name]) => ({ operation: 'UpdateFunctionConfiguration', input: { FunctionName: name } }),
    ],
    [
      'GET',
      /\/functions\/?$/,
      (_, query) => ({ operation: 'ListFunctions', input: { MaxItems: query['MaxItems'], Marker: query['Marker'] } }),
    ],
  ];
const lambda: ServiceFactory = () => ({
  name: 'lambda',
  protocol: 'restJson',
  operations: {
    Invoke: noting(z.strictObject({ FunctionName: z.string(), Payload: z.instanceof(Uint8Array) }), {
      StatusCode: 200,
      http: { status: 200, headers: { 'X-Amz-Function-Error': 'Unhandled' }, body: '{"errorType":"E"}' },
    }),
    ListFunctions: noting(
      z.strictObject({ MaxItems: z.number().int().max(50).optional(), Marker: z.string().optional() }),
      { Functions: [] },
    ),
    UpdateFunctionConfiguration: noting(
      z.strictObject({
        FunctionName: z.string(),
        Timeout: z.number().max(900),
        Environment: z.strictObject({ Variables: attributes }).optional(),
      }),
      { FunctionName: 'f', Timeout: 5 },
    ),
  },
  state: {},
  route({ method, path, query }) {
    for (const [verb, pattern, make] of routes) {
      const match = method === verb && pattern.exec(path);
      if (match) return make(match, query);
    }
    return undefined;
  },
});

const sagemaker: ServiceFactory = () => ({
  name: 'sagemaker',
  protocol: 'awsJson1.1',
  operations: {
    DescribeTrainingJob: noting(z.strictObject({ TrainingJobName: z.string() }), {
      TrainingJobName: 't',
      CreationTime: 1_750_000_000.25,
    }),
    InvokeEndpoint: noting(
      z.strictObject({ EndpointName: z.string(), Body: z.instanceof(Uint8Array), ContentType: z.string().optional() }),
      {
        http: { status: 200, headers: { 'Content-Type': 'text/csv' }, body: Buffer.from('0.5') },
      },
    ),
  },
  state: {},
  route: ({ path, headers }) => ({
    operation: 'InvokeEndpoint',
    input: { EndpointName: path.split('/')[2], ContentType: headers['content-type'] },
    payload: 'Body',
  }),
});

async function* pieces() {
  yield Buffer.from('one,');
  yield Buffer.from('two');
}
const s3: ServiceFactory = () => ({
  name: 's3',
  protocol: 'restXml',
  operations: {
    GetObject: operation({
      input: z.strictObject({ Key: z.string() }),
      needs: () => [],
      run({ Key }) {
        if (Key === '/b/missing')
          throw new AwsError(
            'NoSuchKey',
            'The specified key does not exist.',
            404,
            { Key: 'a<b>' },
            { 'x-amz-delete-marker': 'true' },
          );
        return { http: { status: 200, headers: { 'Content-Length': '7', ETag: '"e"' }, body: pieces() } };
      },
    }),
  },
  state: {},
  route: ({ path }) => ({ operation: 'GetObject', input: { Key: path } }),
});

describe('wire formats, as the official clients write and read them', () => {
  let dataDir: string;
  let runtime: Runtime;
  const clients: { destroy(): void }[] = [];
  const clientOf = <Client extends { destroy(): void }>(
    make: new (config: {
      endpoint: string;
      region: string;
      credentials: Runtime['credentials'];
      maxAttempts: number;
    }) => Client,
  ): Client => {
    const { endpoint, region, credentials } = runtime;
    const client = new make({ endpoint, region, credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-protocols-'));
    runtime = await openRuntime({ dataDir, services: [sns, lambda, sagemaker, s3] });
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await runtime.close();
    await rm(dataDir, { recursive: true });
  });

  describe('awsQuery', () => {
    test('lists and maps of a form become arrays and objects', async () => {
      const client = clientOf(SNSClient);
      const { TopicArn } = await client.send(
        new CreateTopicCommand({
          Name: 'n',
          Attributes: { DisplayName: 'a b', FifoTopic: 'false' },
          Tags: [{ Key: 'k', Value: '' }],
        }),
      );
      await client.send(
        new PublishCommand({
          TopicArn: 't',
          Message: 'ü & "q"\n',
          MessageAttributes: { run: { DataType: 'String', StringValue: 'r.1' } },
        }),
      );
      expect(seen).toEqual([
        { Name: 'n', Attributes: { DisplayName: 'a b', FifoTopic: 'false' }, Tags: [{ Key: 'k', Value: '' }] },
        { TopicArn: 't', Message: 'ü & "q"\n', MessageAttributes: { run: { DataType: 'String', StringValue: 'r.1' } } },
      ]);
      expect(TopicArn).toBe('arn:aws:sns:::<a&b>');
    });
    test('maps and lists of an answer come back, escaped text included', async () => {
      const client = clientOf(SNSClient);
      const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: 't' }));
      expect(Attributes).toEqual({ DisplayName: '"x" & <y>\r\n', Policy: '{}' });
      const { Topics } = await client.send(new ListTopicsCommand({}));
      expect(Topics).toEqual([{ TopicArn: 'a' }, { TopicArn: 'b' }]);
    });
  });

  describe('restJson', () => {
    test('a payload arrives as bytes, and the operation decides the answer', async () => {
      const answer = await clientOf(LambdaClient).send(new InvokeCommand({ FunctionName: 'f', Payload: '{"a":1}' }));
      expect(seen).toEqual([{ FunctionName: 'f', Payload: new Uint8Array(Buffer.from('{"a":1}')) }]);
      expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
      expect(Buffer.from(answer.Payload ?? []).toString()).toBe('{"errorType":"E"}');
    });
    test('a JSON body joins what the path says, numbers of the query are numbers', async () => {
      const client = clientOf(LambdaClient);
      await client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: 'f',
          Timeout: 5,
          Environment: { Variables: { A: 'b' } },
        }),
      );
      await client.send(new ListFunctionsCommand({ MaxItems: 10 }));
      expect(seen).toEqual([
        { FunctionName: 'f', Timeout: 5, Environment: { Variables: { A: 'b' } } },
        { MaxItems: 10 },
      ]);
      await expect(client.send(new ListFunctionsCommand({ MaxItems: 51 }))).rejects.toThrow(
        "Value '51' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 50",
      );
    });
    test('an unknown route is refused with the known operations', async () => {
      await expect(clientOf(LambdaClient).send(new GetFunctionCommand({ FunctionName: 'f' }))).rejects.toMatchObject({
        name: 'UnknownOperationException',
        message: expect.stringContaining('it knows: Invoke, ListFunctions, UpdateFunctionConfiguration') as unknown,
      });
    });
    test('one service answers by target and by path', async () => {
      const job = await clientOf(SageMakerClient).send(new DescribeTrainingJobCommand({ TrainingJobName: 't' }));
      expect(job.CreationTime).toEqual(new Date(1_750_000_000_250));
      const { Body, ContentType } = await clientOf(SageMakerRuntimeClient).send(
        new InvokeEndpointCommand({ EndpointName: 'e', ContentType: 'text/csv', Body: '1,2\n' }),
      );
      expect([ContentType, Buffer.from(Body).toString()]).toEqual(['text/csv', '0.5']);
      expect(seen.at(-1)).toEqual({
        EndpointName: 'e',
        ContentType: 'text/csv',
        Body: new Uint8Array(Buffer.from('1,2\n')),
      });
    });
  });

  describe('restXml', () => {
    test('a stream is the answer to GET, its headers alone the answer to HEAD', async () => {
      const client = clientOf(S3Client);
      const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
      expect([await Body?.transformToString(), ETag]).toEqual(['one,two', '"e"']);
      const head = await client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }));
      expect([head.ContentLength, head.ETag]).toEqual([7, '"e"']);
    });
    test('an error carries its members and headers; to HEAD, its status alone', async () => {
      const client = clientOf(S3Client);
      const missing = await client
        .send(new GetObjectCommand({ Bucket: 'b', Key: 'missing' }))
        .catch((error: unknown) => error);
      expect(missing).toMatchObject({
        name: 'NoSuchKey',
        Key: 'a<b>',
        $response: { headers: { 'x-amz-delete-marker': 'true' } },
      });
      const head = client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'missing' }));
      await expect(head).rejects.toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } });
    });
  });

  test('pages and names from elsewhere are turned away', async () => {
    const page = await fetch(`${runtime.endpoint}/execute-api/x/`, { headers: { origin: 'https://example.com' } });
    expect([page.status, await page.text()]).toEqual([403, expect.stringContaining('does not answer pages')]);
  });

  test('a body beyond the limit is refused and the connection stays usable', async () => {
    const Payload = Buffer.alloc(17 * 1024 * 1024, 'x');
    const client = clientOf(LambdaClient);
    await expect(client.send(new InvokeCommand({ FunctionName: 'f', Payload }))).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
    await expect(client.send(new ListFunctionsCommand({}))).resolves.toBeDefined();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AwsClient } from 'aws4fetch';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import type { Credentials, Principal } from '../../../runtime/operation.ts';
import { apigateway, executeApi } from '../../../runtime/services/apigateway/index.ts';
import { matchRoute } from '../../../runtime/services/apigateway/routeMatching.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { lambda } from '../../../runtime/services/lambda/index.ts';
import { logs } from '../../../runtime/services/logs/index.ts';
import { sts } from '../../../runtime/services/sts/index.ts';

/** Answers as its event's query says; without one it answers with the event itself. */
const source = `
  const answers = {
    bare: { rows: 3 },
    text: 'Hello',
    full: { statusCode: 201, headers: { 'X-Run': 7 }, cookies: ['a=1'], body: '<p>made</p>' },
    binary: { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'AAEC/w==', isBase64Encoded: true },
    malformed: { statusCode: 'many' },
    null: null,
  };
  export const handler = async (event) => {
    const how = event.queryStringParameters?.answer;
    if (how === 'throws') throw new Error('secret detail');
    return how ? answers[how] : event;
  }`;
const hanging = `export const handler = () => new Promise(() => {})`;

const account = '000000000000';
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const root: Principal = { kind: 'root', arn: `arn:aws:iam::${account}:root` };

let dataDir: string;
let runtime: Runtime;
let apiId: string;
const clock = testClock(Date.now());

const call = (service: string, operation: string, input: object) => runtime.world.call(root, service, operation, input);
const apiMade = z.looseObject({ apiId: z.string() });
const integrationMade = z.looseObject({ integrationId: z.string() });

const createFunction = (FunctionName: string, code: string) =>
  call('lambda', 'CreateFunction', {
    FunctionName,
    Code: { ZipFile: zipSync({ 'index.mjs': strToU8(code) }) },
    Role: roleArn('function'),
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Timeout: 60,
  });

const allow = (FunctionName: string) =>
  call('lambda', 'AddPermission', {
    FunctionName,
    StatementId: 'api',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: `arn:aws:execute-api:eu-west-1:${account}:${apiId}/*`,
  });

const integrate = async (name: string) => {
  const made = await call('apigateway', 'CreateIntegration', {
    apiId,
    integrationType: 'AWS_PROXY',
    integrationUri: `arn:aws:lambda:eu-west-1:${account}:function:${name}`,
    payloadFormatVersion: '2.0',
  });
  return `integrations/${integrationMade.parse(made).integrationId}`;
};
const route = (routeKey: string, target: string, authorizationType = 'NONE') =>
  call('apigateway', 'CreateRoute', { apiId, routeKey, target, authorizationType });

const createRole = async (RoleName: string, service: string, ...allowed: [action: string, resource: string][]) => {
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument });
  if (allowed.length === 0) return;
  const Statement = allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'app', PolicyDocument });
};

const url = (path: string) => `${runtime.endpoint}/execute-api/${apiId}${path}`;
const signed = (credentials: Credentials) =>
  new AwsClient({ ...credentials, region: 'eu-west-1', service: 'execute-api', retries: 0 });
const eventOf = async (response: Response) => {
  const event: APIGatewayProxyEventV2 = JSON.parse(await response.text());
  return event;
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-api-'));
  const services = [apigateway, executeApi, iam, lambda, logs, sts];
  runtime = await openRuntime({ dataDir, clock, services });
  apiId = apiMade.parse(await call('apigateway', 'CreateApi', { name: 'dev-sluice', protocolType: 'HTTP' })).apiId;
  await call('apigateway', 'CreateStage', { apiId, stageName: '$default', autoDeploy: true });
  await call('apigateway', 'CreateStage', { apiId, stageName: 'dev', autoDeploy: true });
  await createRole('function', 'lambda.amazonaws.com');
  for (const name of ['echo', 'closed', 'hangs']) await createFunction(name, name === 'hangs' ? hanging : source);
  await allow('echo');
  await allow('hangs');
  const echo = await integrate('echo');
  await route('GET /open', echo);
  await route('POST /open', echo);
  await route('GET /runs/{id}', echo, 'AWS_IAM');
  await route('ANY /files/{path+}', echo);
  await route('GET /closed', await integrate('closed'));
  await route('GET /hangs', await integrate('hangs'));
});
afterAll(async () => {
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the event', () => {
  test('is in payload format 2.0', async () => {
    const response = await fetch(url('/open?tag=a&tag=b&name=r%C3%BCn'), {
      headers: { 'X-Trace': 'T1', cookie: 'a=1; b=2' },
    });
    expect(response.status).toBe(200);
    const event = await eventOf(response);
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /open',
      rawPath: '/open',
      rawQueryString: 'tag=a&tag=b&name=r%C3%BCn',
      cookies: ['a=1', 'b=2'],
      headers: { 'x-trace': 'T1', 'x-forwarded-proto': 'http' },
      queryStringParameters: { tag: 'a,b', name: 'rün' },
      requestContext: {
        apiId,
        domainPrefix: apiId,
        stage: '$default',
        routeKey: 'GET /open',
        requestId: response.headers.get('apigw-requestid'),
        http: { method: 'GET', path: '/open', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        timeEpoch: clock.now(),
      },
      isBase64Encoded: false,
    });
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('pathParameters');
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  test('carries text as text and bytes as base64', async () => {
    const send = async (body: string | Uint8Array<ArrayBuffer>, type: string) =>
      eventOf(await fetch(url('/open'), { method: 'POST', body, headers: { 'content-type': type } }));
    expect(await send('{"a":1}', 'application/problem+json')).toMatchObject({
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    expect(await send('a,b\n1,2', 'text/csv; charset=utf-8')).toMatchObject({ body: 'a,b\n1,2' });
    expect(await send(new Uint8Array([0, 255]), 'application/octet-stream')).toMatchObject({
      body: 'AP8=',
      isBase64Encoded: true,
    });
  });

  test('has the decoded variables of the path', async () => {
    const event = await eventOf(await fetch(url('/files/a%20b/c.csv')));
    expect(event).toMatchObject({ pathParameters: { path: 'a b/c.csv' }, rawPath: '/files/a b/c.csv' });
  });

  test('of a named stage keeps its name in the path', async () => {
    const event = await eventOf(await fetch(url('/dev/open')));
    expect(event).toMatchObject({ routeKey: 'GET /open', rawPath: '/dev/open', requestContext: { stage: 'dev' } });
  });
});

describe('the answer', () => {
  test.each([
    ['bare', 200, 'application/json', '{"rows":3}'],
    ['text', 200, 'application/json', 'Hello'],
    ['full', 201, 'text/plain;charset=UTF-8', '<p>made</p>'],
    ['null', 200, 'application/json', 'null'],
    ['malformed', 500, 'application/json', '{"message":"Internal Server Error"}'],
    ['throws', 500, 'application/json', '{"message":"Internal Server Error"}'],
  ])('%s', async (how, status, type, body) => {
    const response = await fetch(url(`/open?answer=${how}`));
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      status,
      type,
      body,
    ]);
  });

  test('may set headers and a cookie, and be binary', async () => {
    const full = await fetch(url('/open?answer=full'));
    expect([full.headers.get('x-run'), full.headers.get('set-cookie')]).toEqual(['7', 'a=1']);
    const binary = await fetch(url('/open?answer=binary'));
    expect(binary.headers.get('content-type')).toBe('image/png');
    expect([...new Uint8Array(await binary.arrayBuffer())]).toEqual([0, 1, 2, 255]);
  });
});

describe('refusals', () => {
  const answer = async (response: Response) => [response.status, await response.json()];

  test('404 for what no route, stage or API knows', async () => {
    expect(await answer(await fetch(url('/nowhere')))).toEqual([404, { message: 'Not Found' }]);
    expect(await answer(await fetch(url('/open'), { method: 'DELETE' }))).toEqual([404, { message: 'Not Found' }]);
    expect((await fetch(`${runtime.endpoint}/execute-api/other/open`)).status).toBe(404);
  });

  test('413 above ten megabytes', async () => {
    const response = await fetch(url('/open'), { method: 'POST', body: 'x'.repeat(10 * 2 ** 20 + 1) });
    expect(await answer(response)).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  test('500 when the function does not let the API in', async () => {
    expect(await answer(await fetch(url('/closed')))).toEqual([500, { message: 'Internal Server Error' }]);
  });

  test('503 when the function takes longer than the integration waits', async () => {
    const response = fetch(url('/hangs'));
    while ((clock.next() ?? Infinity) > clock.now() + 30_000) await new Promise((r) => setTimeout(r, 5));
    await clock.advance(30_000);
    expect(await answer(await response)).toEqual([503, { message: 'Service Unavailable' }]);
  });
});

describe('a route with AWS_IAM', () => {
  test('wants a signature', async () => {
    const response = await fetch(url('/runs/7'));
    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
    const forged = { ...runtime.credentials, secretAccessKey: 'x'.repeat(40) };
    expect((await signed(forged).fetch(url('/runs/7'))).status).toBe(403);
  });

  test('lets in who may call it, and tells the function who it is', async () => {
    await createRole('viewer', 'ec2.amazonaws.com', [
      'execute-api:Invoke',
      `arn:aws:execute-api:eu-west-1:${account}:${apiId}/$default/GET/runs/7`,
    ]);
    const viewer = signed(runtime.world.credentialsFor(roleArn('viewer'), 'ann'));
    const event = await eventOf(await viewer.fetch(url('/runs/7')));
    expect(event).toMatchObject({
      pathParameters: { id: '7' },
      requestContext: {
        authorizer: { iam: { accountId: account, userArn: `arn:aws:sts::${account}:assumed-role/viewer/ann` } },
      },
    });
    expect((await viewer.fetch(url('/runs/8'))).status).toBe(403);
    expect((await signed(runtime.credentials).fetch(url('/runs/8'))).status).toBe(200);
  });
});

describe('routes', () => {
  const routes = [
    '$default',
    'ANY /{all+}',
    'GET /runs/{proxy+}',
    'GET /runs/{id}',
    'ANY /runs/last',
    'POST /runs/{id}/stop',
  ];
  const of = (keys: string[]) =>
    keys.map((routeKey) => ({
      apiId: 'a',
      routeId: routeKey,
      routeKey,
      target: '',
      authorizationType: 'NONE' as const,
    }));

  test.each([
    ['GET', '/runs/7', 'GET /runs/{id}'],
    ['GET', '/runs/last', 'ANY /runs/last'],
    ['GET', '/runs/7/log', 'GET /runs/{proxy+}'],
    ['POST', '/runs/7/stop', 'POST /runs/{id}/stop'],
    ['PUT', '/runs/7/stop', 'ANY /{all+}'],
    ['GET', '/', 'ANY /{all+}'],
  ])('the most specific one answers %s %s', (method, path, expected) => {
    expect(matchRoute(of(routes), method, path.split('/').slice(1))?.route.routeKey).toBe(expected);
  });

  test('without a fitting one $default answers, if there is one', () => {
    expect(matchRoute(of(['$default', 'GET /a']), 'GET', ['b'])?.route.routeKey).toBe('$default');
    expect(matchRoute(of(['GET /a']), 'GET', ['b'])).toBeUndefined();
    expect(matchRoute(of(['GET /{id}']), 'GET', [''])).toBeUndefined();
  });

  test('are created once, well formed and for an integration that exists', async () => {
    await expect(route('GET /open', await integrate('echo'))).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(route('FETCH /x', await integrate('echo'))).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(route('GET /{a+}/b', await integrate('echo'))).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(route('GET /x', 'integrations/none')).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('are described over the wire', async () => {
    const client = new AwsClient({ ...runtime.credentials, region: 'eu-west-1', service: 'apigateway', retries: 0 });
    const listed = await (await client.fetch(`${runtime.endpoint}/v2/apis/${apiId}/routes`)).text();
    expect(listed).toContain('"routeKey":"GET /runs/{id}"');
    const made = await client.fetch(`${runtime.endpoint}/v2/apis`, {
      method: 'POST',
      body: JSON.stringify({ name: 'second', protocolType: 'HTTP' }),
    });
    expect(made.status).toBe(201);
    const { apiId: second } = apiMade.parse(await made.json());
    expect((await client.fetch(`${runtime.endpoint}/v2/apis/${second}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.fetch(`${runtime.endpoint}/v2/apis/${second}`)).status).toBe(404);
  });
});

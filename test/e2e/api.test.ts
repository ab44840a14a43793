/** The HTTP API as clients meet it: over HTTP, signed; whatever is wrong is told as a problem with what, where and what to do. */
import { readFileSync } from 'node:fs';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AwsClient } from 'aws4fetch';
import { keys, runIdOf } from '../../spec/names.ts';
import { eventually } from '../fixtures/sagemakerWorld.ts';
import { openLaptop, type Laptop } from './laptop.ts';

let laptop: Laptop;
let signer: AwsClient;
let bucket: string;
beforeAll(async () => {
  laptop = await openLaptop();
  const { credentials, region, outputs } = laptop.connection;
  signer = new AwsClient({ ...credentials, region, service: 'execute-api', retries: 0 });
  bucket = outputs['DataBucketName'] ?? '';
}, 120_000);
afterAll(() => laptop.close());

interface Options {
  body?: unknown;
  headers?: Record<string, string>;
}

/** Texts go as they are, everything else as JSON. */
const ask = async (method: string, path: string, { body, headers = {} }: Options = {}) => {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await signer.fetch(`${laptop.connection.apiUrl}${path}`, {
    method,
    headers,
    ...(text !== undefined && { body: text }),
  });
  // Each test looks at the members that it is about.
  const value = (await answer.json()) as Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
  return { status: answer.status, type: answer.headers.get('content-type'), value };
};

const yaml = { 'content-type': 'application/yaml' };
const put = (name: string, text: string) => ask('PUT', `/pipelines/${name}`, { body: text, headers: yaml });

describe('pipelines as files', () => {
  test('a file that is put is a version; the same text is none; taken away, its versions stay', async () => {
    expect((await ask('GET', '/pipelines/houses')).status).toBe(404);
    const first = await put('houses', 'name: houses\n');
    expect(first).toMatchObject({ status: 201, value: { name: 'houses', changed: true } });
    const again = await put('houses', 'name: houses\n');
    expect(again).toMatchObject({ status: 200, value: { changed: false, versionId: first.value['versionId'] } });
    const second = await ask('PUT', '/pipelines/houses', { body: { name: 'houses', data: { target: 'price' } } });
    expect(second).toMatchObject({ status: 200, value: { changed: true } });

    const now = await ask('GET', '/pipelines/houses');
    expect(now.value).toMatchObject({
      valid: true,
      versionId: second.value['versionId'],
      pipeline: { data: { target: 'price' }, train: { maxRuntime: 3600 } },
    });
    const before = await ask('GET', `/pipelines/houses?version=${first.value['versionId']}`);
    expect(before.value).toMatchObject({ text: 'name: houses\n', versionId: first.value['versionId'] });

    expect(await ask('DELETE', '/pipelines/houses')).toMatchObject({ status: 200, value: { deleted: true } });
    expect((await ask('DELETE', '/pipelines/houses')).status).toBe(404);
    const newest = await ask('GET', '/pipelines/houses/versions?limit=1');
    expect(newest.value['versions']).toMatchObject([{ deleted: true, latest: true }]);
    const marker = (newest.value['versions'] as { versionId: string }[])[0]?.versionId;
    for (const version of [marker, 'no-version', 'x'.repeat(1024)])
      expect((await ask('GET', `/pipelines/houses?version=${version}`)).status).toBe(404);
    const others = await ask('GET', `/pipelines/houses/versions?cursor=${newest.value['cursor']}`);
    expect(others.value).toEqual({
      versions: [
        expect.objectContaining({ versionId: second.value['versionId'], latest: false }),
        expect.objectContaining({ versionId: first.value['versionId'], bytes: 13 }),
      ],
    });
  });

  test.each([
    [
      'a setting with a typo',
      'name: bad\ndata: { tarket: y }\n',
      /data\.tarket: unknown setting, did you mean target\?/,
    ],
    ['an algorithm with a typo', 'name: bad\ntrain: { candidates: [{ algorithm: xgbost }] }\n', /xgboost/],
    [
      'a hyperparameter out of its range',
      'name: bad\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { eta: 7 } }] }\n',
      /eta/,
    ],
    ['a budget that cannot be kept', 'name: bad\nbudget: { maxUsd: 0.01 }\n', /budget is 0.01 USD/],
    ['a schedule that never comes true', 'name: bad\nschedule: cron(0 0 30 2 ? *)\n', /schedule/],
    ['another name', 'name: good\n', /named bad but says name: good/],
    ['no YAML', 'name: [bad\n', /line/],
  ])('%s is refused, and nothing is written', async (_, text, says) => {
    const { status, type, value } = await put('bad', text);
    expect(value['detail']).toMatch(says);
    expect({ status, type }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(value).toMatchObject({
      title: 'Bad Request',
      name: 'InputError',
      where: expect.stringContaining('bad.yaml'),
    });
    expect((await ask('GET', '/pipelines/bad')).status).toBe(404);
  });

  test('a file that is dropped is looked at, and what is wrong with it is listed', async () => {
    const drop = (Body: string) =>
      laptop.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: keys.pipeline('dropped'), Body }));
    const listed = async () => {
      const { value } = await ask('GET', '/pipelines');
      return (value['pipelines'] as { name: string; valid?: boolean; problem?: string }[]).find(
        ({ name }) => name === 'dropped',
      );
    };
    await drop('name: dropped\ngaet: {}\n');
    const found = await eventually(listed, (it) => it?.valid === false);
    expect(found?.problem).toContain('gaet: unknown setting, did you mean gate?');
    expect((await ask('GET', '/pipelines/dropped')).value).toMatchObject({ valid: false, text: expect.any(String) });
    await drop('name: dropped\n');
    expect(await eventually(listed, (it) => it?.valid === true)).not.toHaveProperty('problem');
    // More than fits into a function: its beginning is enough to refuse it.
    await drop(`name: dropped\n${'#'.repeat(70 * 2 ** 20)}`);
    expect(await eventually(listed, (it) => it?.valid === false)).toMatchObject({
      problem: expect.stringContaining('The pipeline file is too large'),
    });
    const { value } = await ask('GET', '/pipelines/dropped');
    expect(value).toMatchObject({ valid: false, problem: expect.stringContaining('at most 256 KiB') });
    expect(value).not.toHaveProperty('text');
    await drop('name: dropped\n');
    expect(await eventually(listed, (it) => it?.valid === true)).not.toHaveProperty('problem');
  });

  test('a list comes in pages; a cursor of another list, or of nobody, is refused', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await put(name, `name: ${name}\n`);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { value } = await ask('GET', `/pipelines?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      names.push(...(value['pipelines'] as { name: string }[]).map(({ name }) => name));
      cursor = value['cursor'] as string | undefined;
    } while (cursor);
    expect(names.filter((name) => name.startsWith('page-'))).toEqual(['page-a', 'page-b', 'page-c']);
    expect(new Set(names).size).toBe(names.length);

    const forged = (position: object) => Buffer.from(JSON.stringify(position)).toString('base64url');
    const ofPipelines = forged({ after: 'pipelines/page-a.yaml' });
    const ofLock = forged({ pk: 'pipeline#houses', sk: 'lock', listed: 'runs', startedAt: '2026-11-21T00:00:00Z' });
    for (const path of [
      `/runs?cursor=${ofPipelines}`,
      `/runs?cursor=${ofLock}`,
      `/pipelines?cursor=${forged({ after: 'drop/' })}`,
      `/pipelines/page-a/versions?cursor=${forged({ key: 'runs/plan.json', version: 'x' })}`,
      '/runs?cursor=%00',
      `/runs?cursor=${'a'.repeat(3000)}`,
      '/runs?limit=101',
      '/runs?limti=5',
    ])
      expect({ path, ...(await ask('GET', path)) }).toMatchObject({ path, status: 400, value: { name: 'InputError' } });
  });

  test('a run says which version of the file it follows', async () => {
    const { value } = await put('versioned', 'name: versioned\n');
    const run = await laptop.drop('versioned', 'a,y\n1,1\n');
    expect(run.plan?.pipelineVersionId).toBe(value['versionId']);
  });
});

describe('uploads', () => {
  const content = 'a,y\n1,1\n';
  const upload = (body: object) => ask('POST', '/pipelines/uploaded/uploads', { body });
  const send = (url: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'PUT', body, headers });

  test('a file is dropped by whoever has the address, without credentials, and runs the pipeline', async () => {
    const filename = '2026/Häuser & Höfe ✓ +1.csv';
    const { status, value } = await upload({ filename, contentType: 'text/csv', bytes: content.length });
    expect(status).toBe(201);
    expect(value).toMatchObject({
      method: 'PUT',
      key: `drop/uploaded/${filename}`,
      headers: { 'content-type': 'text/csv' },
    });
    const sent = await send(value['url'] as string, content, value['headers'] as Record<string, string>);
    expect(sent.status).toBe(200);
    const runId = runIdOf(
      'uploaded',
      bucket,
      `drop/uploaded/${filename}`,
      sent.headers.get('x-amz-version-id') ?? '',
      '',
    );
    expect((await laptop.ended(runId)).source.key).toBe(`drop/uploaded/${filename}`);
  });

  test('S3 takes no other size, type, key or method than was asked for', async () => {
    const { value } = await upload({ filename: 'bound.csv', contentType: 'text/csv', bytes: content.length });
    const { url, headers } = value as { url: string; headers: Record<string, string> };
    expect((await send(url, `${content}2,2\n`, headers)).status).toBe(403);
    expect((await send(url, content, { 'content-type': 'text/html' })).status).toBe(403);
    expect((await send(url.replace('bound.csv', 'other.csv'), content, headers)).status).toBe(403);
    expect((await fetch(url)).status).toBe(403);
    const { searchParams } = new URL(url);
    expect(searchParams.get('X-Amz-Expires')).toBe('900');
  });

  test.each([
    ['..', '../other/data.csv'],
    ['.. within', 'a/../../other/data.csv'],
    ['an empty folder', 'a//b.csv'],
    ['a root', '/etc/passwd'],
    ['a folder', 'a/'],
    ['control characters', 'a\u0000b.csv'],
    ['half a character', 'a\ud800.csv'],
    ['a hidden file', '.env'],
    ['more than 1,024 bytes', `${'ü'.repeat(505)}.csv`],
    ['nothing', ''],
  ])('a name with %s is refused', async (_, filename) => {
    expect(await upload({ filename })).toMatchObject({
      status: 400,
      value: { where: expect.stringContaining('body') },
    });
  });

  test('a key of exactly 1,024 bytes is taken', async () => {
    const { status, value } = await upload({ filename: 'n'.repeat(1024 - 'drop/uploaded/'.length) });
    expect(status).toBe(201);
    expect((await send(value['url'] as string, content)).status).toBe(200);
  });

  test.each([
    { filename: 'a.csv', bytes: 5 * 2 ** 30 + 1 },
    { filename: 'a.csv', bytes: -1 },
    { filename: 'a.csv', contentType: 'text/csv\r\nx: y' },
    { filename: 'a.csv', acl: 'public-read' },
    {},
  ])('%j is refused', async (body) => {
    expect((await upload(body)).status).toBe(400);
  });
});

describe('bad requests', () => {
  test('without a signature, or with a wrong one: 403 before any function runs', async () => {
    const url = `${laptop.connection.apiUrl}/runs`;
    expect((await fetch(url)).status).toBe(403);
    const signed = await signer.sign(url);
    const forged = new Request(signed, {
      headers: {
        ...Object.fromEntries(signed.headers),
        authorization: `${signed.headers.get('authorization')?.slice(0, -4)}0000`,
      },
    });
    expect((await fetch(forged)).status).toBe(403);
    const moved = new Request(`${laptop.connection.apiUrl}/costs`, { headers: signed.headers });
    expect((await fetch(moved)).status).toBe(403);
  });

  test('an unknown route or another method: 404', async () => {
    expect(await ask('GET', '/nowhere')).toMatchObject({ status: 404, value: { message: 'Not Found' } });
    expect((await ask('DELETE', '/runs')).status).toBe(404);
    expect((await ask('POST', '/pipelines')).status).toBe(404);
  });

  test('a body beyond 10 MB: 413, as API Gateway answers', async () => {
    const { status } = await put('large', ' '.repeat(10 * 1024 * 1024 + 1));
    expect(status).toBe(413);
  });

  test('a body that is no JSON, of another kind, or too large for a pipeline file says so', async () => {
    const start = (body: string, headers = {}) => ask('POST', '/pipelines/houses/runs', { body, headers });
    expect(await start('{"key": ')).toMatchObject({
      status: 400,
      value: { what: expect.stringContaining('not JSON') },
    });
    expect(await start('<key/>', { 'content-type': 'application/xml' })).toMatchObject({
      status: 415,
      value: { expected: 'application/json', where: 'headers, content-type' },
    });
    expect(await put('large', `name: large\n#${' '.repeat(300 * 1024)}`)).toMatchObject({
      status: 400,
      value: { expected: 'at most 256 KiB' },
    });
  });

  test.each([
    ['GET', '/runs/..%2F..%2Fetc'],
    ['GET', '/runs/houses'],
    ['GET', '/pipelines/Hou%20ses'],
    ['GET', `/pipelines/${'x'.repeat(37)}`],
    ['PUT', '/pipelines/h%C3%A4user'],
    ['POST', '/pipelines/-x/uploads'],
  ])('%s %s: the variable of the path is told to be wrong', async (method, path) => {
    const body = method === 'GET' ? {} : { body: 'name: x', headers: method === 'PUT' ? yaml : {} };
    expect(await ask(method, path, body)).toMatchObject({ status: 400, value: { where: 'path' } });
  });

  test('a run, or a file to run on, that does not exist', async () => {
    expect(await ask('GET', `/runs/${runIdOf('houses', 'x')}`)).toMatchObject({
      status: 404,
      value: { title: 'Not Found', where: 'path, id', todo: expect.any(String) },
    });
    const gone = await ask('POST', '/pipelines/houses/runs', { body: { key: 'drop/houses/gone.csv' } });
    expect(gone).toMatchObject({ status: 400, value: { what: 'There is no such object' } });
  });

  test('a version that was deleted, a marker, and what is no version', async () => {
    const { s3 } = laptop.clients;
    const Key = 'drop/houses/_versions/data.csv';
    const object = { Bucket: bucket, Key };
    const { VersionId: deleted } = await s3.send(new PutObjectCommand({ ...object, Body: 'a,y\n1,1\n' }));
    const { VersionId: marker } = await s3.send(new DeleteObjectCommand(object));
    await s3.send(new DeleteObjectCommand({ ...object, VersionId: deleted }));
    for (const versionId of [deleted, marker, 'no-version'])
      expect(await ask('POST', '/pipelines/houses/runs', { body: { key: Key, versionId } })).toMatchObject({
        status: 400,
        value: { what: 'There is no such object', where: expect.stringContaining(`version ${versionId}`) },
      });
  });
});

test('the same idempotency key is the same run, another key another one', async () => {
  const key = 'drop/keyed/ignored/_data.csv';
  await laptop.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'a,y\n1,1\n' }));
  const start = async (idempotencyKey: string) => {
    const headers = { 'idempotency-key': idempotencyKey };
    return (await ask('POST', '/pipelines/keyed/runs', { body: { key }, headers })).value as { runId: string };
  };
  const first = await start('one');
  expect(await start('one')).toMatchObject({ runId: first.runId, started: false });
  const other = await start('two');
  expect(other.runId).not.toBe(first.runId);
  const two = { body: { key, idempotencyKey: 'three' }, headers: { 'idempotency-key': 'four' } };
  expect(await ask('POST', '/pipelines/keyed/runs', two)).toMatchObject({
    status: 400,
    value: { expected: 'one key' },
  });
  for (const { runId } of [first, other]) await laptop.ended(runId);
});

test('the API describes itself', async () => {
  const { value } = await ask('GET', '/openapi.json');
  expect(value).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { systemClock } from '../../runtime/clock.ts';
import { digests } from '../../runtime/gateway/checksum.ts';
import { unframe } from '../../runtime/gateway/chunked.ts';
import { signingKey } from '../../runtime/gateway/signature.ts';
import { openRuntime, type Runtime } from '../../runtime/index.ts';
import { operation, type ServiceFactory } from '../../runtime/operation.ts';

/** An object store reduced to what the gateway has to deliver: key, headers and the body's bytes. */
const objects = new Map<string, { sha256: string; length: number; headers: Readonly<Record<string, string>> }>();

const putObject = operation({
  input: z.strictObject({ Key: z.string() }),
  needs: () => [],
  async run({ Key }, { http }) {
    const hash = createHash('sha256');
    let length = 0;
    for await (const piece of http?.body ?? []) {
      hash.update(piece);
      length += piece.length;
    }
    objects.set(Key, { sha256: hash.digest('hex'), length, headers: http?.headers ?? {} });
    return { http: { status: 200, headers: { ETag: '"x"' } } };
  },
});

const getObject = operation({
  input: z.strictObject({ Key: z.string() }),
  needs: () => [],
  run: ({ Key }) => ({ http: { status: 200, body: `bytes of ${Key}` } }),
});

const s3: ServiceFactory = () => ({
  name: 's3',
  protocol: 'restXml',
  operations: { PutObject: putObject, GetObject: getObject },
  state: {},
  route: ({ method, path }) => ({
    operation: method === 'PUT' ? 'PutObject' : 'GetObject',
    input: { Key: decodeURIComponent(path) },
  }),
});

const states: ServiceFactory = () => ({
  name: 'states',
  protocol: 'awsJson1.0',
  operations: {
    ListStateMachines: operation({ input: z.strictObject({}), needs: () => [], run: () => ({ stateMachines: [] }) }),
  },
  state: {},
});

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('signatures are verified', () => {
  let dataDir: string;
  let runtime: Runtime;
  let now = 0;
  const clients: { destroy(): void }[] = [];
  const s3With = (overrides = {}) => {
    const { endpoint, region, credentials } = runtime;
    const client = new S3Client({ endpoint, region, credentials, maxAttempts: 1, ...overrides });
    clients.push(client);
    return client;
  };
  const statesWith = (overrides = {}) => {
    const { endpoint, region, credentials } = runtime;
    const client = new SFNClient({ endpoint, region, credentials, maxAttempts: 1, ...overrides });
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-signed-'));
    const clock = { ...systemClock, now: () => systemClock.now() + now };
    runtime = await openRuntime({ dataDir, clock, services: [s3, states] });
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await runtime.close();
    await rm(dataDir, { recursive: true });
  });

  test('a wrong secret is refused in each protocol by its own name', async () => {
    const credentials = { ...runtime.credentials, secretAccessKey: 'wrong' };
    await expect(statesWith({ credentials }).send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    const get = new GetObjectCommand({ Bucket: 'b', Key: 'k' });
    await expect(s3With({ credentials }).send(get)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 's' };
    await expect(s3With({ credentials: stranger }).send(get)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  test('a client signing for another region is told so', async () => {
    const elsewhere = statesWith({ region: 'us-west-2' }).send(new ListStateMachinesCommand({}));
    await expect(elsewhere).rejects.toThrow("this runtime is 'eu-west-1', the request is signed for 'us-west-2'");
  });

  test('a clock more than 15 minutes off is refused, and the SDK corrects itself by the Date of the answer', async () => {
    now = 16 * 60_000;
    try {
      await expect(statesWith().send(new ListStateMachinesCommand({}))).rejects.toThrow('Signature expired');
      const get = new GetObjectCommand({ Bucket: 'b', Key: 'k' });
      await expect(s3With().send(get)).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
      const corrected = statesWith({ maxAttempts: 2 });
      await expect(corrected.send(new ListStateMachinesCommand({}))).resolves.toMatchObject({ stateMachines: [] });
    } finally {
      now = 0;
    }
  });

  test('keys with characters that need encoding keep their signature', async () => {
    for (const Key of ['a b/ü+&=?#%.csv', "x!'()*~/./y"]) {
      const { Body } = await s3With().send(new GetObjectCommand({ Bucket: 'b', Key }));
      expect(await Body?.transformToString()).toBe(`bytes of /b/${Key}`);
    }
  });

  test('temporary credentials need their token', async () => {
    const credentials = runtime.world.credentialsFor('arn:aws:iam::000000000000:role/reader', 'test');
    expect(runtime.world.credentialsFor('arn:aws:iam::000000000000:role/reader', 'test')).toBe(credentials);
    const { accessKeyId, secretAccessKey } = credentials;
    await expect(statesWith({ credentials }).send(new ListStateMachinesCommand({}))).resolves.toBeDefined();
    const without = statesWith({ credentials: { accessKeyId, secretAccessKey } });
    await expect(without.send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  describe('uploads', () => {
    const bytes = Buffer.alloc(300_000, 'sluice');

    test('of a buffer and of a stream arrive without framing and with their checksum', async () => {
      await s3With().send(new PutObjectCommand({ Bucket: 'b', Key: 'buffer', Body: bytes }));
      expect(objects.get('/b/buffer')).toMatchObject({ sha256: sha256(bytes), length: bytes.length });
      await s3With().send(
        new PutObjectCommand({
          Bucket: 'b',
          Key: 'stream',
          Body: Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]),
          ContentLength: bytes.length,
        }),
      );
      const stored = objects.get('/b/stream');
      expect(stored).toMatchObject({ sha256: sha256(bytes), length: bytes.length });
      expect(stored?.headers['x-amz-checksum-crc32']).toMatch(/^[\w+/]{6}==$/);
      expect(stored?.headers['content-length']).toBe(String(bytes.length));
      expect(stored?.headers).not.toHaveProperty('content-encoding');
    });

    test('that are not what their checksum says are refused', async () => {
      const wrong = s3With().send(
        new PutObjectCommand({ Bucket: 'b', Key: 'bad', Body: bytes, ChecksumCRC32: 'AAAAAA==' }),
      );
      await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
      expect(objects.has('/b/bad')).toBe(false);
    });
  });

  describe('presigned requests', () => {
    test('are valid until they expire', async () => {
      const url = await getSignedUrl(s3With(), new GetObjectCommand({ Bucket: 'b', Key: 'a b.csv' }), {
        expiresIn: 60,
      });
      expect(await (await fetch(url)).text()).toBe('bytes of /b/a b.csv');
      now = 61_000;
      const expired = await fetch(url);
      now = 0;
      expect(expired.status).toBe(403);
      expect(await expired.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
    });

    test('cannot be changed', async () => {
      const url = await getSignedUrl(s3With(), new GetObjectCommand({ Bucket: 'b', Key: 'mine' }));
      const other = await fetch(url.replace('mine', 'yours'));
      expect(await other.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
    });

    test('upload without a header', async () => {
      const url = await getSignedUrl(s3With(), new PutObjectCommand({ Bucket: 'b', Key: 'put' }));
      expect((await fetch(url, { method: 'PUT', body: 'hello' })).status).toBe(200);
      expect(objects.get('/b/put')).toMatchObject({ sha256: sha256('hello') });
    });
  });

  test('a client that waits for "100 Continue" is refused before it sends its body', async () => {
    const answer = await new Promise<{ status: number | undefined; continued: boolean }>((resolve, reject) => {
      let continued = false;
      const headers = { expect: '100-continue', 'content-length': 1_000_000 };
      const sent = httpRequest(`${runtime.endpoint}/b/large`, { method: 'PUT', headers });
      sent.on('continue', () => (continued = true));
      sent.on('response', ({ statusCode }) => resolve({ status: statusCode, continued }));
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(answer).toEqual({ status: 403, continued: false });
  });
});

describe('aws-chunked framing', () => {
  // The worked example of the S3 documentation: 65 KiB of "a" in two chunks.
  const scope = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', date: '20130524', region: 'us-east-1', service: 's3' };
  const claim = {
    scope,
    timestamp: '20130524T000000Z',
    signedHeaders: [],
    signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  };
  const signed = { key: signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope), claim };
  const chunk = (size: number, signature: string) =>
    `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}\r\n`;
  const example = [
    chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
    chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
    chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
  ].join('');
  async function* inPieces(text: string, size: number) {
    for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
  }
  const decode = async (text: string, size: number, framing: Parameters<typeof unframe>[1]) => {
    const pieces: Buffer[] = [];
    for await (const piece of unframe(inPieces(text, size), framing)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  const trailer = () => {};

  test.each([1000, 65_536, 1_000_000])('the documented chunk signatures hold in pieces of %i bytes', async (size) => {
    expect(await decode(example, size, { signed, length: 66_560, trailer })).toBe('a'.repeat(66_560));
  });

  test('a changed byte, a missing end and a wrong length end the stream with an error', async () => {
    const changed = decode(example.replace('aaa\r\n', 'aba\r\n'), 1000, { signed, length: 66_560, trailer });
    await expect(changed).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    const cut = decode(example.slice(0, 66_000), 1000, { signed, length: 66_560, trailer });
    await expect(cut).rejects.toMatchObject({ code: 'IncompleteBody' });
    await expect(decode(example, 1000, { signed, length: 66_561, trailer })).rejects.toMatchObject({
      code: 'IncompleteBody',
    });
  });

  test('trailers are handed over before the stream ends', async () => {
    const seen: string[] = [];
    const text = await decode('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n', 3, {
      length: 5,
      trailer: (name, value) => seen.push(`${name}=${value}`),
    });
    expect([text, ...seen]).toEqual(['hello', 'x-amz-checksum-crc32=NhCmhg==']);
  });
});

// Check values of "123456789" from the catalogue of parametrised CRC algorithms.
test.each([
  ['x-amz-checksum-crc32', 'cbf43926'],
  ['x-amz-checksum-crc32c', 'e3069283'],
  ['x-amz-checksum-crc64nvme', 'ae8b14860a799888'],
])('%s', (name, check) => {
  const digest = digests[name]?.();
  digest?.update(Buffer.from('1234'));
  digest?.update(Buffer.from('56789'));
  expect(Buffer.from(digest?.result() ?? '', 'base64').toString('hex')).toBe(check);
});

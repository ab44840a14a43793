import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareKeys } from '../../../../runtime/services/s3/keyIndex.ts';
import { openS3, type Opened } from './opened.ts';

let own: Opened;
let client: S3Client;
const put = (key: string, body: string, bucket = 'models') => own.put(bucket, key, body);
const textOf = (key: string, bucket = 'models') => own.text(bucket, key);

beforeAll(async () => {
  own = await openS3();
  ({ client } = own);
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
});

afterAll(() => own.close());

describe('objects', () => {
  test('a stream goes in and comes out with its headers, metadata, ETag and checksum', async () => {
    const bytes = randomBytes(300_000);
    const written = await client.send(
      new PutObjectCommand({
        Bucket: 'models',
        Key: 'a/stream.bin',
        Body: Readable.from([bytes.subarray(0, 99_999), bytes.subarray(99_999)]),
        ContentLength: bytes.length,
        ContentType: 'text/csv',
        CacheControl: 'no-store',
        Metadata: { Origin: 'test' },
        Tagging: 'kind=raw&year=2026',
      }),
    );
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    expect(written).toMatchObject({ ETag: etag, ServerSideEncryption: 'AES256', ChecksumType: 'FULL_OBJECT' });
    const read = await client.send(new GetObjectCommand({ Bucket: 'models', Key: 'a/stream.bin' }));
    expect(read).toMatchObject({
      ETag: etag,
      ContentLength: bytes.length,
      ContentType: 'text/csv',
      CacheControl: 'no-store',
      Metadata: { origin: 'test' },
      TagCount: 2,
      ChecksumCRC32: written.ChecksumCRC32,
    });
    expect(read.ContentEncoding).toBeUndefined();
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    '%s is checked and kept',
    async (algorithm) => {
      const written = await client.send(
        new PutObjectCommand({ Bucket: 'models', Key: 'sum', Body: 'hello', ChecksumAlgorithm: algorithm }),
      );
      const head = await client.send(new HeadObjectCommand({ Bucket: 'models', Key: 'sum', ChecksumMode: 'ENABLED' }));
      expect(written[`Checksum${algorithm}`]).toBeDefined();
      expect(head[`Checksum${algorithm}`]).toBe(written[`Checksum${algorithm}`]);
    },
  );

  test('a body that is not what its digest says is refused and leaves no file', async () => {
    const before = await own.files();
    const wrong = { Bucket: 'models', Key: 'wrong', Body: 'hello' };
    const md5 = createHash('md5').update('other').digest('base64');
    await expect(client.send(new PutObjectCommand({ ...wrong, ContentMD5: md5 }))).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(client.send(new PutObjectCommand({ ...wrong, ChecksumCRC32: 'AAAAAA==' }))).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(client.send(new HeadObjectCommand({ Bucket: 'models', Key: 'wrong' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect(await own.files()).toBe(before);
  });

  test('an upload that breaks off leaves nothing', async () => {
    const before = await own.files();
    const plain = new S3Client({ ...own.runtime, requestChecksumCalculation: 'WHEN_REQUIRED' });
    const url = await getSignedUrl(plain, new PutObjectCommand({ Bucket: 'models', Key: 'broken' }));
    const upload = request(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } });
    upload.on('error', () => {});
    upload.write(randomBytes(100_000));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    while ((await own.files()) === before) await turn();
    upload.destroy();
    while ((await own.files()) !== before) await turn();
    plain.destroy();
    await expect(textOf('broken')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('ranges, response headers and conditions of reads', async () => {
    const { ETag } = await put('digits', '0123456789');
    const get = (more: object) => client.send(new GetObjectCommand({ Bucket: 'models', Key: 'digits', ...more }));
    const part = await get({ Range: 'bytes=2-4', ResponseContentType: 'text/x', ResponseContentDisposition: 'inline' });
    expect(part).toMatchObject({
      ContentRange: 'bytes 2-4/10',
      ContentLength: 3,
      ContentType: 'text/x',
      ContentDisposition: 'inline',
    });
    expect(await part.Body?.transformToString()).toBe('234');
    expect(await (await get({ Range: 'bytes=-3' })).Body?.transformToString()).toBe('789');
    expect(await (await get({ Range: 'bytes=7-' })).Body?.transformToString()).toBe('789');
    await expect(get({ Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
    await expect(get({ IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get({ IfModifiedSince: new Date(Date.now() + 60_000) })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get({ IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await get({ IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).ContentLength).toBe(10);
  });

  test('conditions of writes', async () => {
    const once = new PutObjectCommand({ Bucket: 'models', Key: 'once', Body: '1', IfNoneMatch: '*' });
    const { ETag } = await client.send(once);
    await expect(client.send(once)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const swap = (IfMatch: string | undefined, Key = 'once') =>
      client.send(new PutObjectCommand({ Bucket: 'models', Key, Body: '2', IfMatch }));
    await swap(ETag);
    await expect(swap(ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(swap(ETag, 'never')).rejects.toMatchObject({ name: 'NoSuchKey' });
    // Of many at once exactly one wins.
    const race = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) =>
        client.send(new PutObjectCommand({ Bucket: 'models', Key: 'race', Body: String(i), IfNoneMatch: '*' })),
      ),
    );
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('copies share bytes and keep or replace metadata', async () => {
    await client.send(
      new PutObjectCommand({ Bucket: 'models', Key: 'from +ü', Body: 'copied', Metadata: { a: '1' }, Tagging: 'x=y' }),
    );
    const before = await own.files();
    const source = `models/${encodeURIComponent('from +ü')}`;
    const copied = await client.send(new CopyObjectCommand({ Bucket: 'models', Key: 'to', CopySource: source }));
    expect(copied.CopyObjectResult?.ETag).toBe(`"${createHash('md5').update('copied').digest('hex')}"`);
    expect(await own.files()).toBe(before);
    const head = await client.send(new HeadObjectCommand({ Bucket: 'models', Key: 'to' }));
    expect(head).toMatchObject({ Metadata: { a: '1' }, TagCount: 1 });
    await client.send(
      new CopyObjectCommand({
        Bucket: 'models',
        Key: 'to',
        CopySource: source,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
        ContentType: 'text/plain',
      }),
    );
    await client.send(new DeleteObjectCommand({ Bucket: 'models', Key: 'from +ü' }));
    const again = await client.send(new HeadObjectCommand({ Bucket: 'models', Key: 'to' }));
    expect(again).toMatchObject({ Metadata: { b: '2' }, ContentType: 'text/plain' });
    expect(await textOf('to')).toBe('copied');
    const itself = new CopyObjectCommand({ Bucket: 'models', Key: 'to', CopySource: 'models/to' });
    await expect(client.send(itself)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('tags', async () => {
    await put('tagged', 'x');
    const target = { Bucket: 'models', Key: 'tagged' };
    const TagSet = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '<&>' },
    ];
    await client.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }));
    expect((await client.send(new GetObjectTaggingCommand(target))).TagSet).toEqual(TagSet);
    await client.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [] } }));
    expect((await client.send(new GetObjectTaggingCommand(target))).TagSet).toEqual([]);
  });

  test('errors carry the codes of S3', async () => {
    const missing = { Bucket: 'models', Key: 'missing' };
    await expect(client.send(new GetObjectCommand(missing))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(put('x', 'x', 'nobucket')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(put('k'.repeat(1025), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await expect(client.send(new GetObjectCommand({ ...missing, VersionId: 'abc' }))).rejects.toMatchObject({
      name: 'NoSuchVersion',
    });
    await expect(client.send(new GetObjectAclCommand(missing))).rejects.toMatchObject({ name: 'NotImplemented' });
    const kms = new PutObjectCommand({ ...missing, Body: 'x', ServerSideEncryption: 'aws:kms' });
    await expect(client.send(kms)).rejects.toMatchObject({ name: 'NotImplemented' });
    const locked = new PutObjectCommand({ ...missing, Body: 'x', ObjectLockMode: 'GOVERNANCE' });
    await expect(client.send(locked)).rejects.toMatchObject({ name: 'NotImplemented' });
    const large = new PutObjectCommand({ ...missing, Body: 'x', Metadata: { a: 'x'.repeat(2048) } });
    await expect(client.send(large)).rejects.toMatchObject({ name: 'MetadataTooLarge' });
  });
});

describe('keys are any text and never paths', () => {
  const keys = [
    '../../../etc/passwd',
    '..',
    'a/../b',
    './c',
    '/leading',
    'double//slash',
    'trailing/',
    'plus+and space',
    'percent%41%2F',
    'ü/ß/漢字/🙂',
    'quotes\'"<&>',
    'q?x=1&y=2#f',
    '~!@$^*()_-=[]{}|;:,.',
    'tab\tinside',
    '\uff5e\u{10000}',
    'x'.repeat(1024),
    '漢'.repeat(341),
  ];

  test.each(keys.map((key) => [key.slice(0, 30), key]))('%j', async (_shown, key) => {
    await client.send(new CreateBucketCommand({ Bucket: 'keys' })).catch(() => undefined);
    await put(key, `body of ${key}`, 'keys');
    expect(await textOf(key, 'keys')).toBe(`body of ${key}`);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'keys', Prefix: key }));
    expect(Contents?.map(({ Key }) => Key)).toContain(key);
  });

  test('all of them are listed in the order of their bytes, and deleted at once', async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'keys' }));
    const listed = Contents.map(({ Key = '' }) => Key);
    expect(listed).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    const { Deleted, Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: 'keys', Delete: { Objects: listed.map((Key) => ({ Key })) } }),
    );
    expect([Deleted?.length, Errors?.length ?? 0]).toEqual([keys.length, 0]);
    await client.send(new DeleteBucketCommand({ Bucket: 'keys' }));
  });

  test('random text orders as its UTF-8 does', () => {
    const text = () =>
      String.fromCodePoint(
        ...[...randomBytes(12)].map((b, i) => [b, b * 257, 0xe000 + b, 0x10000 + b * 99][i % 4] ?? 0),
      ).replace(/[\ud800-\udfff]/g, '');
    const some = Array.from({ length: 300 }, text);
    const byBytes = [...some].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...some].sort(compareKeys)).toEqual(byBytes);
  });
});

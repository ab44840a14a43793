import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

describe('multipart uploads', () => {
  const part = (fill: string) => Buffer.alloc(5 * 2 ** 20, fill);

  test('lib-storage uploads in parts; the object is their concatenation', async () => {
    const bytes = randomBytes(12 * 2 ** 20);
    const upload = new Upload({
      client,
      params: { Bucket: 'models', Key: 'big', Body: Readable.from([bytes]), ContentType: 'application/x-tar' },
    });
    const { ETag } = await upload.done();
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const read = await client.send(new GetObjectCommand({ Bucket: 'models', Key: 'big' }));
    expect(read).toMatchObject({ ContentLength: bytes.length, ContentType: 'application/x-tar', ETag });
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    const range = await client.send(
      new GetObjectCommand({ Bucket: 'models', Key: 'big', Range: `bytes=${5 * 2 ** 20 - 3}-${5 * 2 ** 20 + 2}` }),
    );
    const middle = Buffer.from((await range.Body?.transformToByteArray()) ?? []);
    expect(middle.equals(bytes.subarray(5 * 2 ** 20 - 3, 5 * 2 ** 20 + 3))).toBe(true);
    // A copy is one object again: its ETag is the MD5 of all its bytes.
    const copy = await client.send(new CopyObjectCommand({ Bucket: 'models', Key: 'copy', CopySource: 'models/big' }));
    expect(copy.CopyObjectResult?.ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
  });

  test('parts are listed, copied from objects, replaced, checked and aborted', async () => {
    const target = { Bucket: 'models', Key: 'parts' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const upload = { ...target, UploadId };
    const send = async (PartNumber: number, Body: Buffer | string) => ({
      PartNumber,
      ETag: (await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))).ETag,
    });
    const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const stale = await send(1, part('x'));
    const first = await send(1, part('a'));
    await put('tail', 'the tail of it');
    const copied = await client.send(
      new UploadPartCopyCommand({ ...upload, PartNumber: 3, CopySource: 'models/tail', CopySourceRange: 'bytes=4-7' }),
    );
    const third = { PartNumber: 3, ETag: copied.CopyPartResult?.ETag };
    const second = await send(2, 'too small');
    expect((await client.send(new ListPartsCommand(upload))).Parts?.map((it) => [it.PartNumber, it.Size])).toEqual([
      [1, 5 * 2 ** 20],
      [2, 9],
      [3, 4],
    ]);
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: 'models' }));
    expect(uploads.Uploads?.map((it) => it.UploadId)).toEqual([UploadId]);
    await expect(complete([third, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([stale, third])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([first, second, third])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await complete([first, third]);
    expect(await textOf('parts')).toBe(`${'a'.repeat(5 * 2 ** 20)}tail`.slice(0));
    await expect(complete([first])).rejects.toMatchObject({ name: 'NoSuchUpload' });
    const other = await client.send(new CreateMultipartUploadCommand(target));
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId: other.UploadId }));
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket: 'models' }))).Uploads ?? []).toEqual([]);
  });
});

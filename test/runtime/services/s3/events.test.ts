import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListPartsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testClock } from '../../../../runtime/clock.ts';
import { operation, type ServiceFactory } from '../../../../runtime/operation.ts';
import { s3 } from '../../../../runtime/services/s3/index.ts';
import { openS3, type Opened } from './opened.ts';

const entry = z.object({
  Source: z.literal('aws.s3'),
  DetailType: z.string(),
  Resources: z.array(z.string()),
  Detail: z.string().transform((text): unknown => JSON.parse(text)),
});
type Entry = z.infer<typeof entry>;

let seen: Entry[];
let isDown: boolean;
const clock = testClock(Date.now());

/** Stands for EventBridge: remembers events, and can be out of order. */
const events: ServiceFactory = () => ({
  name: 'events',
  protocol: 'awsJson1.1',
  state: {},
  operations: {
    PutEvents: operation({
      input: z.object({ Entries: z.array(entry) }),
      needs: () => [],
      run({ Entries }) {
        if (isDown) throw new Error('the bus is down');
        seen.push(...Entries);
        return { FailedEntryCount: 0, Entries: [] };
      },
    }),
  },
});

/** An event is sent when the change it tells of is on disk. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    await own.runtime.world.store.flushed();
  }
};
const open = (dataDir?: string) => openS3({ clock, services: [s3, events], ...(dataDir !== undefined && { dataDir }) });
const Bucket = 'drop';
let own: Opened;

beforeEach(async () => {
  [seen, isDown] = [[], false];
  own = await open();
  await own.client.send(new CreateBucketCommand({ Bucket }));
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await own.client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
});
afterEach(() => own.close());

describe('events for EventBridge', () => {
  test('have the shape S3 gives them', async () => {
    const { client } = own;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const { VersionId, ETag } = await own.put(Bucket, 'drop/house prices+ü.csv', '12345');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'drop/house prices+ü.csv' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'drop/house prices+ü.csv', VersionId }));
    await settled();
    const object = { key: 'drop/house prices+ü.csv', 'version-id': VersionId, sequencer: expect.any(String) };
    const common = {
      version: '0',
      bucket: { name: Bucket },
      'request-id': expect.any(String),
      requester: '000000000000',
      'source-ip-address': '127.0.0.1',
    };
    expect(seen).toEqual([
      {
        Source: 'aws.s3',
        DetailType: 'Object Created',
        Resources: ['arn:aws:s3:::drop'],
        Detail: { ...common, object: { ...object, size: 5, etag: ETag?.replaceAll('"', '') }, reason: 'PutObject' },
      },
      {
        Source: 'aws.s3',
        DetailType: 'Object Deleted',
        Resources: ['arn:aws:s3:::drop'],
        Detail: {
          ...common,
          object: { ...object, 'version-id': expect.not.stringMatching(VersionId ?? ''), etag: expect.any(String) },
          reason: 'DeleteObject',
          'deletion-type': 'Delete Marker Created',
        },
      },
      {
        Source: 'aws.s3',
        DetailType: 'Object Deleted',
        Resources: ['arn:aws:s3:::drop'],
        Detail: {
          ...common,
          object: { ...object, etag: expect.any(String) },
          reason: 'DeleteObject',
          'deletion-type': 'Permanently Deleted',
        },
      },
    ]);
  });

  test('name how an object came or went', async () => {
    const { client } = own;
    await own.put(Bucket, 'a', '1');
    await client.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }));
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c' }));
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key: 'c', UploadId, PartNumber: 1, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'c', UploadId, MultipartUpload }));
    const Objects = ['a', 'b', 'never'].map((Key) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await settled();
    expect(seen.map(({ DetailType, Detail }) => [DetailType, Detail])).toMatchObject([
      ['Object Created', { reason: 'PutObject', object: { key: 'a' } }],
      ['Object Created', { reason: 'CopyObject', object: { key: 'b' } }],
      ['Object Created', { reason: 'CompleteMultipartUpload', object: { key: 'c', size: 1 } }],
      ['Object Deleted', { object: { key: 'a' } }],
      ['Object Deleted', { object: { key: 'b' } }],
    ]);
    expect(JSON.stringify(seen)).not.toContain('version-id');
  });

  test('are sent again while the bus is down', async () => {
    isDown = true;
    await own.put(Bucket, 'a', '1');
    await settled();
    isDown = false;
    await clock.advance(1_000);
    await settled();
    expect(seen).toMatchObject([{ DetailType: 'Object Created' }]);
    await clock.advance(60_000);
    expect(seen).toHaveLength(1);
  });
});

describe('a killed process', () => {
  /** What is left of a killed process is its files as they are; the lock names a living process, so it is left out. */
  const kill = async () => {
    const copy = await mkdtemp(join(tmpdir(), 'sluice-s3-killed-'));
    await cp(own.dataDir, copy, { recursive: true, filter: (source) => !source.endsWith('/lock') });
    return copy;
  };

  test('loses no event of what it answered', async () => {
    isDown = true;
    await own.put(Bucket, 'answered', '1');
    await own.put(Bucket, 'answered', '2');
    const left = await kill();
    isDown = false;
    const next = await open(left);
    await settled();
    expect(seen.map(({ Detail }) => Detail)).toMatchObject([
      { object: { key: 'answered' } },
      { object: { key: 'answered' } },
    ]);
    await next.close();
    seen = [];
  });

  test('leaves objects, parts and versions, and at most files that the next start removes', async () => {
    await own.put(Bucket, 'kept', 'survivor');
    const { UploadId } = await own.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'half' }));
    const part = { Bucket, Key: 'half', UploadId };
    await own.client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'part' }));
    const left = await kill();
    const orphan = join(left, 's3', 'ff', `ff${'0'.repeat(30)}`);
    await mkdir(join(left, 's3', 'ff'), { recursive: true });
    await writeFile(orphan, 'half an upload');
    const next = await open(left);
    expect([existsSync(orphan), await next.files()]).toEqual([false, 2]);
    expect(await next.text(Bucket, 'kept')).toBe('survivor');
    const { Parts } = await next.client.send(new ListPartsCommand(part));
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: 4 }]);
    await next.close();
  });

  test('that had not recorded an object tells nobody of it', async () => {
    isDown = true;
    await own.put(Bucket, 'torn', '1');
    const { store } = own.runtime.world;
    // As if the log had ended between the event and the object.
    const versions = store.table('s3.objects');
    for (const key of versions.keys()) versions.delete(key);
    await store.flushed();
    const left = await kill();
    isDown = false;
    const next = await open(left);
    await settled();
    expect(seen).toEqual([]);
    await next.close();
  });
});

import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../../../runtime/index.ts';
import { openS3, type Opened } from './opened.ts';

let own: Opened;
let runtime: Runtime;
let client: S3Client;
const put = (key: string, body: string, bucket = 'models') => own.put(bucket, key, body);
const textOf = (key: string, bucket = 'models') => own.text(bucket, key);

beforeAll(async () => {
  own = await openS3();
  ({ runtime, client } = own);
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
});

afterAll(() => own.close());

describe('listing', () => {
  const names = ['a', 'b/1', 'b/2', 'b/c/3', 'c', 'd/4', 'e'];
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'lists' }));
    for (const name of names) await put(name, 'x', 'lists');
  });

  test.each([1, 2, 3, 1000])('pages of %i roll keys into common prefixes', async (MaxKeys) => {
    const pages = paginateListObjectsV2({ client }, { Bucket: 'lists', Delimiter: '/', MaxKeys });
    const found: string[] = [];
    for await (const { Contents = [], CommonPrefixes = [], KeyCount } of pages) {
      const page = [...Contents.map(({ Key = '' }) => Key), ...CommonPrefixes.map(({ Prefix = '' }) => Prefix)];
      expect(page.length).toBe(KeyCount);
      found.push(...page.sort());
    }
    expect(found).toEqual(['a', 'b/', 'c', 'd/', 'e']);
  });

  test('prefix, start-after, and the first version of the operation', async () => {
    const v2 = await client.send(
      new ListObjectsV2Command({
        Bucket: 'lists',
        Prefix: 'b/',
        StartAfter: 'b/1',
        EncodingType: 'url',
        FetchOwner: true,
      }),
    );
    expect(v2.Contents?.map(({ Key, Owner }) => [Key, Owner?.ID])).toEqual([
      ['b/2', runtime.world.accountId],
      ['b/c/3', runtime.world.accountId],
    ]);
    const found: (string | undefined)[] = [];
    for (let Marker: string | undefined = '', more = true; more;) {
      const page: {
        Contents?: { Key?: string }[];
        CommonPrefixes?: { Prefix?: string }[];
        NextMarker?: string;
        IsTruncated?: boolean;
      } = await client.send(new ListObjectsCommand({ Bucket: 'lists', Delimiter: '/', MaxKeys: 1, Marker }));
      found.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
      Marker = page.NextMarker;
      more = page.IsTruncated ?? false;
    }
    expect(found).toEqual(['a', 'b/', 'c', 'd/', 'e']);
  });
});

describe('versions', () => {
  test('every version stays until it is deleted by its id', async () => {
    const target = { Bucket: 'versioned', Key: 'k' };
    await client.send(new CreateBucketCommand({ Bucket: 'versioned' }));
    await put('k', 'before', 'versioned');
    await client.send(
      new PutBucketVersioningCommand({ Bucket: 'versioned', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    expect(await client.send(new GetBucketVersioningCommand({ Bucket: 'versioned' }))).toMatchObject({
      Status: 'Enabled',
    });
    const { VersionId: first } = await put('k', 'one', 'versioned');
    const { VersionId: second } = await put('k', 'two', 'versioned');
    expect(await textOf('k', 'versioned')).toBe('two');
    const marker = await client.send(new DeleteObjectCommand(target));
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(client.send(new GetObjectCommand(target))).rejects.toMatchObject({ name: 'NoSuchKey' });
    const read = async (VersionId: string | undefined) =>
      (await client.send(new GetObjectCommand({ ...target, VersionId }))).Body?.transformToString();
    expect(await Promise.all([first, second, 'null'].map(read))).toEqual(['one', 'two', 'before']);
    await expect(read(marker.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
    const all = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned' }));
    expect(all.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second, false],
      [first, false],
      ['null', false],
    ]);
    expect(all.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
    const paged: (string | undefined)[] = [];
    for (let KeyMarker: string | undefined, VersionIdMarker: string | undefined, more = true; more;) {
      const page: {
        Versions?: { VersionId?: string }[];
        DeleteMarkers?: { VersionId?: string }[];
        NextKeyMarker?: string;
        NextVersionIdMarker?: string;
        IsTruncated?: boolean;
      } = await client.send(
        new ListObjectVersionsCommand({ Bucket: 'versioned', MaxKeys: 1, KeyMarker, VersionIdMarker }),
      );
      paged.push(...[...(page.DeleteMarkers ?? []), ...(page.Versions ?? [])].map(({ VersionId }) => VersionId));
      [KeyMarker, VersionIdMarker, more] = [page.NextKeyMarker, page.NextVersionIdMarker, page.IsTruncated ?? false];
    }
    expect(paged).toEqual([marker.VersionId, second, first, 'null']);

    // Removing the marker brings the object back; a copy can go back to any version.
    await client.send(new DeleteObjectCommand({ ...target, VersionId: marker.VersionId }));
    expect(await textOf('k', 'versioned')).toBe('two');
    await client.send(new CopyObjectCommand({ ...target, CopySource: `versioned/k?versionId=${first}` }));
    expect(await textOf('k', 'versioned')).toBe('one');
    await expect(client.send(new DeleteBucketCommand({ Bucket: 'versioned' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
  });

  test('suspended versioning replaces the null version only', async () => {
    const target = { Bucket: 'suspended', Key: 'k' };
    await client.send(new CreateBucketCommand({ Bucket: 'suspended' }));
    const set = (Status: 'Enabled' | 'Suspended') =>
      client.send(new PutBucketVersioningCommand({ Bucket: 'suspended', VersioningConfiguration: { Status } }));
    await set('Enabled');
    const { VersionId } = await put('k', 'kept', 'suspended');
    await set('Suspended');
    await put('k', 'one', 'suspended');
    expect((await put('k', 'two', 'suspended')).VersionId).toBe('null');
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'suspended' }));
    expect(Versions?.map((it) => it.VersionId)).toEqual(['null', VersionId]);
    expect(await client.send(new DeleteObjectCommand(target))).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
  });
});

import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testClock } from '../../../../runtime/clock.ts';
import { openS3, type Opened } from './opened.ts';

let own: Opened;
let client: S3Client;

beforeAll(async () => {
  own = await openS3();
  ({ client } = own);
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
});

afterAll(() => own.close());

describe('buckets', () => {
  test('settings are kept; what they cannot do here is refused', async () => {
    const Bucket = 'settings';
    await client.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-west-1');
    expect((await client.send(new ListBucketsCommand({}))).Buckets?.map((it) => it.Name)).toContain(Bucket);
    await expect(client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    await expect(client.send(new CreateBucketCommand({ Bucket: 'Not_A_Name' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
    const block = await client.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(block.PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
    const ServerSideEncryptionConfiguration = {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: true }],
    };
    await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    expect(await client.send(new GetBucketEncryptionCommand({ Bucket }))).toMatchObject({
      ServerSideEncryptionConfiguration,
    });
    const TagSet = [{ Key: 'team', Value: 'ml' }];
    await client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await client.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);

    const statement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` };
    const Policy = JSON.stringify({
      Statement: [{ ...statement, Condition: { Bool: { 'aws:SecureTransport': false } } }],
    });
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    const all = JSON.stringify({ Statement: [statement] });
    await expect(client.send(new PutBucketPolicyCommand({ Bucket, Policy: all }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    const queue = {
      QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:eu-west-1:1:q', Events: ['s3:ObjectCreated:*' as const] }],
    };
    await expect(
      client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: queue })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test('lifecycle rules expire objects, old versions and abandoned uploads at midnight', async () => {
    const clock = testClock(Date.parse('2026-03-01T12:00:00Z'));
    const later = await openS3({ clock });
    const { client: dated } = later;
    const Bucket = 'days';
    await dated.send(new CreateBucketCommand({ Bucket }));
    const LifecycleConfiguration = {
      Rules: [
        {
          ID: 'runs',
          Status: 'Enabled' as const,
          Filter: { Prefix: 'runs/' },
          Expiration: { Days: 2 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    };
    await dated.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    const stored = await dated.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(stored.Rules).toEqual(LifecycleConfiguration.Rules);
    for (const Key of ['runs/old', 'models/kept']) await dated.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    await dated.send(new CreateMultipartUploadCommand({ Bucket, Key: 'runs/half' }));
    const facts = async () => {
      const caller = { kind: 'root', arn: 'test' } as const;
      const keys = (await later.runtime.world.call(caller, 's3', 'ListObjectsV2', { Bucket })) as {
        Contents: { Key: string }[];
      };
      const half = (await later.runtime.world.call(caller, 's3', 'ListMultipartUploads', { Bucket })) as {
        Uploads: unknown[];
      };
      return [keys.Contents.map(({ Key }) => Key), half.Uploads.length];
    };
    await clock.advanceTo(Date.parse('2026-03-03T00:00:01Z'));
    await later.runtime.world.store.flushed();
    expect(await facts()).toEqual([['models/kept', 'runs/old'], 0]);
    await clock.advanceTo(Date.parse('2026-03-04T00:00:01Z'));
    expect(await facts()).toEqual([['models/kept'], 0]);
    await later.close();
  });
});

import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { iam } from '../../../../runtime/services/iam/index.ts';
import { s3 } from '../../../../runtime/services/s3/index.ts';
import { openS3, type Opened } from './opened.ts';

let own: Opened;
const root = { kind: 'root', arn: 'test' } as const;

/** A client with the credentials of a role that may do what the statements say. */
const clientOf = async (RoleName: string, statements: object[]) => {
  const { world, endpoint, region } = own.runtime;
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  await world.call(root, 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await world.call(root, 'iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument });
  const credentials = world.credentialsFor(`arn:aws:iam::${world.accountId}:role/${RoleName}`, 'test');
  return new S3Client({ endpoint, region, credentials });
};

beforeAll(async () => {
  own = await openS3({ services: [s3, iam] });
  await own.client.send(new CreateBucketCommand({ Bucket: 'models' }));
  await own.put('models', 'runs/1', 'x');
  await own.put('models', 'other', 'x');
});
afterAll(() => own.close());

describe('a role', () => {
  test('reads what its policy names, and is not told what is missing unless it may list', async () => {
    const reader = await clientOf('reader', [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::models/runs/*' },
    ]);
    const get = (Key: string) => reader.send(new GetObjectCommand({ Bucket: 'models', Key }));
    expect((await get('runs/1')).ContentLength).toBe(1);
    await expect(get('other')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(get('runs/2')).rejects.toMatchObject({ name: 'AccessDenied' });
    reader.destroy();
    const lister = await clientOf('lister', [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::models/*' },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::models' },
    ]);
    await expect(lister.send(new GetObjectCommand({ Bucket: 'models', Key: 'runs/2' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    lister.destroy();
  });

  test('lists the prefixes its policy allows', async () => {
    const lister = await clientOf('prefixes', [
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::models',
        Condition: { StringLike: { 's3:prefix': 'runs/*' } },
      },
    ]);
    const list = (Prefix?: string) => lister.send(new ListObjectsV2Command({ Bucket: 'models', Prefix }));
    expect((await list('runs/')).KeyCount).toBe(1);
    await expect(list('other')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(list()).rejects.toMatchObject({ name: 'AccessDenied' });
    lister.destroy();
  });
});

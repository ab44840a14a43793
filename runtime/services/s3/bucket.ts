/** Buckets: their record, their names, and how an operation finds one. */
import * as z from 'zod';
import { AwsError, type Call, type Need } from '../../operation.ts';
import { accessDenied, noSuchBucket } from './errors.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { S3State } from './state.ts';

/** A bucket with everything that is set on it; settings are kept in the shape their Get operation answers. */
export interface Bucket {
  Name: string;
  /** Epoch seconds. */
  CreationDate: number;
  /** Absent until versioning is first enabled; it can never be unset again. */
  Versioning?: 'Enabled' | 'Suspended';
  EventBridge?: boolean;
  Encryption?: object;
  PublicAccessBlock?: object;
  OwnershipControls?: object;
  Lifecycle?: Lifecycle;
  Tagging?: { TagSet: { Key: string; Value: string }[] };
  Policy?: string;
}

/** Members that name a bucket. */
export const bucketMembers = { Bucket: z.string(), ExpectedBucketOwner: z.string().optional() };

/** Members that name an object. */
export const objectMembers = { ...bucketMembers, Key: z.string().min(1) };

/** Names as the rules for general purpose buckets allow them: 3 to 63 of a-z, 0-9, dot and hyphen, and no IPv4 address. */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !/^(?:\d+\.){3}\d+$/.test(name);

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;

/** One permission on a bucket. */
export const onBucket =
  (action: string) =>
  ({ Bucket }: { Bucket: string }): Need[] => [{ action: `s3:${action}`, resource: bucketArn(Bucket) }];

/** One permission on an object; `versioned` is the action that a request for a certain version needs instead. */
export const onObject =
  (action: string, versioned = action) =>
  ({ Bucket, Key, VersionId }: { Bucket: string; Key: string; VersionId?: string | undefined }): Need[] => [
    { action: `s3:${VersionId === undefined ? action : versioned}`, resource: objectArn(Bucket, Key) },
  ];

/** The bucket a request names. Throws NoSuchBucket, or AccessDenied where its owner is not the expected one. */
export const bucketOf = (
  { state, world }: Call<S3State>,
  { Bucket, ExpectedBucketOwner }: { Bucket: string; ExpectedBucketOwner?: string | undefined },
): Bucket => {
  const bucket = state.buckets.get(Bucket);
  if (!bucket) throw noSuchBucket(Bucket);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== world.accountId) throw accessDenied();
  return bucket;
};

const longestKey = 1024;

/** Throws KeyTooLongError for keys of more than 1,024 bytes of UTF-8. */
export const checkKey = (key: string): void => {
  const size = Buffer.byteLength(key);
  if (size > longestKey)
    throw new AwsError('KeyTooLongError', 'Your key is too long', 400, { Size: size, MaxSizeAllowed: longestKey });
};

import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketArn, isBucketName } from './bucket.ts';
import type { S3State } from './state.ts';

const input = z.strictObject({
  Bucket: z.string(),
  ACL: z.literal('private').optional(),
  ObjectOwnership: z.literal('BucketOwnerEnforced').optional(),
  ObjectLockEnabledForBucket: z.literal('false').optional(),
  CreateBucketConfiguration: z.strictObject({ LocationConstraint: z.string().optional() }).optional(),
});

/** Makes a bucket; one's own bucket again is an error everywhere but in us-east-1. */
export const createBucket = operation({
  input,
  needs: ({ Bucket }) => [{ action: 's3:CreateBucket', resource: bucketArn(Bucket) }],
  async run({ Bucket, CreateBucketConfiguration }, call: Call<S3State>) {
    const { state, world } = call;
    if (!isBucketName(Bucket))
      throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: Bucket });
    const asked = CreateBucketConfiguration?.LocationConstraint;
    if (asked !== undefined && asked !== world.region)
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${asked} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    if (state.buckets.has(Bucket)) {
      if (world.region === 'us-east-1') return headerAnswer(call, { Location: `/${Bucket}` });
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
        { BucketName: Bucket },
      );
    }
    state.buckets.set(Bucket, { Name: Bucket, CreationDate: Math.floor(world.clock.now() / 1000) });
    await world.store.flushed();
    return headerAnswer(call, { Location: `/${Bucket}` });
  },
});

import * as z from 'zod';
import { AwsError, operation, type Call, type HttpAnswer } from '../../operation.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';

/** The bucket's policy, as it was put. */
export const getBucketPolicy = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('GetBucketPolicy'),
  run(it, call: Call<S3State>): { Policy: string } & Partial<HttpAnswer> {
    const { Policy, Name } = bucketOf(call, it);
    if (Policy === undefined)
      throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: Name });
    const headers = { 'content-type': 'application/json' };
    return { Policy, ...(call.http && { http: { status: 200, headers, body: Policy } }) };
  },
});

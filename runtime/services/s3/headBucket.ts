import * as z from 'zod';
import { operation, type Call, type HttpAnswer } from '../../operation.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';

/** Whether a bucket is there and may be listed. */
export const headBucket = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('ListBucket'),
  run(it, call: Call<S3State>): { BucketRegion: string } & Partial<HttpAnswer> {
    bucketOf(call, it);
    const { region } = call.world;
    return {
      BucketRegion: region,
      ...(call.http && { http: { status: 200, headers: { 'x-amz-bucket-region': region } } }),
    };
  },
});

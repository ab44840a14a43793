import * as z from 'zod';
import { operation, type Call, type HttpAnswer } from '../../operation.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';

/** The bucket's region; nothing for us-east-1, as ever. */
export const getBucketLocation = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('GetBucketLocation'),
  run(it, call: Call<S3State>): { LocationConstraint?: string } & Partial<HttpAnswer> {
    bucketOf(call, it);
    const { region } = call.world;
    const text = region === 'us-east-1' ? '' : region;
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`;
    return {
      ...(text !== '' && { LocationConstraint: text }),
      ...(call.http && { http: { status: 200, headers: { 'content-type': 'application/xml' }, body } }),
    };
  },
});

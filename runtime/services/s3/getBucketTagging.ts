import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';

/** The bucket's tags. */
export const getBucketTagging = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('GetBucketTagging'),
  run(it, call: Call<S3State>) {
    const { Tagging, Name } = bucketOf(call, it);
    if (!Tagging) throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: Name });
    return xmlAnswer(call, Tagging, 'Tagging', { TagSet: { Tag: Tagging.TagSet } });
  },
});

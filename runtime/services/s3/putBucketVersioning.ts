import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import { changeBucket } from './bucketSetting.ts';
import type { S3State } from './state.ts';

const input = z.strictObject({
  ...bucketMembers,
  VersioningConfiguration: z.strictObject({
    Status: z.enum(['Enabled', 'Suspended']),
    MFADelete: z.literal('Disabled').optional(),
    MfaDelete: z.literal('Disabled').optional(),
  }),
});

/** Enables or suspends versioning; there is no way back to never. */
export const putBucketVersioning = operation({
  input,
  needs: onBucket('PutBucketVersioning'),
  async run(it, call: Call<S3State>) {
    await changeBucket(call, bucketOf(call, it), { Versioning: it.VersioningConfiguration.Status });
    return headerAnswer(call, {});
  },
});

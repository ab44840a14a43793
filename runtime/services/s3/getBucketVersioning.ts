import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';

/** The bucket's versioning; no status where it was never enabled. */
export const getBucketVersioning = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('GetBucketVersioning'),
  run(it, call: Call<S3State>) {
    const { Versioning } = bucketOf(call, it);
    return xmlAnswer(call, Versioning ? { Status: Versioning } : {}, 'VersioningConfiguration');
  },
});

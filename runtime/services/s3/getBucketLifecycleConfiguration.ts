import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import { lifecycleDocument } from './lifecycle.ts';
import type { S3State } from './state.ts';

/** The rules by which objects expire. */
export const getBucketLifecycleConfiguration = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('GetLifecycleConfiguration'),
  run(it, call: Call<S3State>) {
    const { Lifecycle, Name } = bucketOf(call, it);
    if (!Lifecycle)
      throw new AwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404, {
        BucketName: Name,
      });
    return xmlAnswer(call, Lifecycle, 'LifecycleConfiguration', lifecycleDocument(Lifecycle));
  },
});

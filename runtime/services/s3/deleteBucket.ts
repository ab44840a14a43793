import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';
import { forgetUpload } from './upload.ts';

/** Deletes a bucket without objects, versions and delete markers; uploads under way are aborted. */
export const deleteBucket = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('DeleteBucket'),
  async run(it, call: Call<S3State>) {
    const { state, world } = call;
    const { Name } = bucketOf(call, it);
    if (state.keysOf(Name).size > 0)
      throw new AwsError(
        'BucketNotEmpty',
        'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
        409,
        { BucketName: Name },
      );
    const uploads = [...state.uploads.values()].filter(({ Bucket }) => Bucket === Name);
    const parts = uploads.flatMap(({ UploadId }) => forgetUpload(call, UploadId));
    state.buckets.delete(Name);
    await world.store.flushed();
    for (const { Content } of parts) state.blobs.release(Content);
    return headerAnswer(call, {}, 204);
  },
});

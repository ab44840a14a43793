import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { onObject } from './bucket.ts';
import type { S3State } from './state.ts';
import { forgetUpload, uploadMembers, uploadOf } from './upload.ts';

/** Ends an upload and frees its parts. */
export const abortMultipartUpload = operation({
  input: z.strictObject(uploadMembers),
  needs: onObject('AbortMultipartUpload'),
  async run(it, call: Call<S3State>) {
    const parts = forgetUpload(call, uploadOf(call, it).UploadId);
    await call.world.store.flushed();
    for (const { Content } of parts) call.state.blobs.release(Content);
    return headerAnswer(call, {}, 204);
  },
});

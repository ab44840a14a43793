import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketOf, objectMembers, onObject } from './bucket.ts';
import type { S3State } from './state.ts';
import { deleteVersion, settleDeletions } from './versions.ts';

const input = z.strictObject({ ...objectMembers, VersionId: z.string().optional() });

/** Deletes an object or one version of it; deleting what is not there succeeds. */
export const deleteObject = operation({
  input,
  needs: onObject('DeleteObject', 'DeleteObjectVersion'),
  async run(it, call: Call<S3State>) {
    const { deletion, gone } = deleteVersion(call, bucketOf(call, it), it);
    await settleDeletions(call, [gone]);
    return headerAnswer(call, deletion, 204);
  },
});

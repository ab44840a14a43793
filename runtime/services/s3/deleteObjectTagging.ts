import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketOf, objectMembers, onObject } from './bucket.ts';
import type { S3State } from './state.ts';
import { findVersion } from './versions.ts';

const input = z.strictObject({ ...objectMembers, VersionId: z.string().optional() });

/** Takes all tags from an object or from one version. */
export const deleteObjectTagging = operation({
  input,
  needs: onObject('DeleteObjectTagging', 'DeleteObjectVersionTagging'),
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const version = await findVersion(call, bucket, it);
    call.state.update({ ...version, Tags: {} });
    await call.world.store.flushed();
    return headerAnswer(call, bucket.Versioning ? { VersionId: version.VersionId } : {}, 204);
  },
});

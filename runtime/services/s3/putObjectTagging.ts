import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketOf, objectMembers, onObject } from './bucket.ts';
import type { S3State } from './state.ts';
import { mostObjectTags, taggingMember, tagRecord } from './tags.ts';
import { findVersion } from './versions.ts';

const input = z.strictObject({ ...objectMembers, VersionId: z.string().optional(), Tagging: taggingMember });

/** Replaces the tags of an object or of one version. */
export const putObjectTagging = operation({
  input,
  needs: onObject('PutObjectTagging', 'PutObjectVersionTagging'),
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const version = await findVersion(call, bucket, it);
    call.state.update({ ...version, Tags: tagRecord(it.Tagging.TagSet, mostObjectTags) });
    await call.world.store.flushed();
    return headerAnswer(call, bucket.Versioning ? { VersionId: version.VersionId } : {});
  },
});

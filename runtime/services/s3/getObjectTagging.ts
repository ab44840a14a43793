import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketOf, objectMembers, onObject } from './bucket.ts';
import { answerHeaders } from './objectHeaders.ts';
import type { S3State } from './state.ts';
import { tagList } from './tags.ts';
import { findVersion } from './versions.ts';

const input = z.strictObject({ ...objectMembers, VersionId: z.string().optional() });

/** The tags of an object or of one version. */
export const getObjectTagging = operation({
  input,
  needs: onObject('GetObjectTagging', 'GetObjectVersionTagging'),
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const { Tags, VersionId } = await findVersion(call, bucket, it);
    const TagSet = tagList(Tags);
    const version = bucket.Versioning ? { VersionId } : {};
    return xmlAnswer(call, { TagSet, ...version }, 'Tagging', { TagSet: { Tag: TagSet } }, answerHeaders(version));
  },
});

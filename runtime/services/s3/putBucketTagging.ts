import * as z from 'zod';
import { bucketMembers } from './bucket.ts';
import { putSetting } from './bucketSetting.ts';
import { mostBucketTags, taggingMember, tagRecord } from './tags.ts';

/** Replaces the bucket's tags. */
export const putBucketTagging = putSetting({
  action: 'PutBucketTagging',
  field: 'Tagging',
  input: z.strictObject({ ...bucketMembers, Tagging: taggingMember }),
  value: (it) => it.Tagging,
  check: ({ Tagging }) => void tagRecord(Tagging.TagSet, mostBucketTags),
});

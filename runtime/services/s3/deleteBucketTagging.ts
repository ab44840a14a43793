import { deleteSetting } from './bucketSetting.ts';

/** Takes all tags from the bucket. */
export const deleteBucketTagging = deleteSetting('PutBucketTagging', 'Tagging');

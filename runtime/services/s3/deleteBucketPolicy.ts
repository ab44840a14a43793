import { deleteSetting } from './bucketSetting.ts';

/** Forgets the bucket's policy. */
export const deleteBucketPolicy = deleteSetting('DeleteBucketPolicy', 'Policy');

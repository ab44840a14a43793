import { deleteSetting } from './bucketSetting.ts';

/** Back to the ownership of a new bucket. */
export const deleteBucketOwnershipControls = deleteSetting('PutBucketOwnershipControls', 'OwnershipControls');

import { deleteSetting } from './bucketSetting.ts';

/** Forgets the rules: nothing expires any more. */
export const deleteBucketLifecycle = deleteSetting('PutLifecycleConfiguration', 'Lifecycle');

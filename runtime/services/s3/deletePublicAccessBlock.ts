import { deleteSetting } from './bucketSetting.ts';

/** Back to the settings of a new bucket. */
export const deletePublicAccessBlock = deleteSetting('PutBucketPublicAccessBlock', 'PublicAccessBlock');

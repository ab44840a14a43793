import { deleteSetting } from './bucketSetting.ts';

/** Back to the encryption every bucket has. */
export const deleteBucketEncryption = deleteSetting('PutEncryptionConfiguration', 'Encryption');

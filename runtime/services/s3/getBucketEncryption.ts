import { getSetting, ruleDocument } from './bucketSetting.ts';

/** The default encryption, which every bucket has. */
export const getBucketEncryption = getSetting({
  action: 'GetEncryptionConfiguration',
  field: 'Encryption',
  member: 'ServerSideEncryptionConfiguration',
  root: 'ServerSideEncryptionConfiguration',
  missing: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
  },
  document: ruleDocument,
});

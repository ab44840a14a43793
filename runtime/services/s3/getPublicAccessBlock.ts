import { getSetting } from './bucketSetting.ts';

/** The settings; a new bucket blocks everything public. */
export const getPublicAccessBlock = getSetting({
  action: 'GetBucketPublicAccessBlock',
  field: 'PublicAccessBlock',
  member: 'PublicAccessBlockConfiguration',
  root: 'PublicAccessBlockConfiguration',
  missing: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  document: (value) => value,
});

import { getSetting, ruleDocument } from './bucketSetting.ts';

/** Who owns objects. */
export const getBucketOwnershipControls = getSetting({
  action: 'GetBucketOwnershipControls',
  field: 'OwnershipControls',
  member: 'OwnershipControls',
  root: 'OwnershipControls',
  missing: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  document: ruleDocument,
});

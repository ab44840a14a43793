import * as z from 'zod';
import { bucketMembers } from './bucket.ts';
import { putSetting } from './bucketSetting.ts';

/** Records who owns objects; there is one account, so it can only be the bucket's owner. */
export const putBucketOwnershipControls = putSetting({
  action: 'PutBucketOwnershipControls',
  field: 'OwnershipControls',
  input: z.strictObject({
    ...bucketMembers,
    OwnershipControls: z.strictObject({
      Rules: z
        .array(
          z.strictObject({ ObjectOwnership: z.enum(['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter']) }),
        )
        .length(1),
    }),
  }),
  value: (it) => it.OwnershipControls,
});

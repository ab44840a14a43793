import * as z from 'zod';
import { bucketMembers } from './bucket.ts';
import { putSetting } from './bucketSetting.ts';

/** Records the settings. They have nothing to block: the gateway refuses every request without a signature. */
export const putPublicAccessBlock = putSetting({
  action: 'PutBucketPublicAccessBlock',
  field: 'PublicAccessBlock',
  input: z.strictObject({
    ...bucketMembers,
    PublicAccessBlockConfiguration: z.strictObject({
      BlockPublicAcls: z.boolean().default(false),
      IgnorePublicAcls: z.boolean().default(false),
      BlockPublicPolicy: z.boolean().default(false),
      RestrictPublicBuckets: z.boolean().default(false),
    }),
  }),
  value: (it) => it.PublicAccessBlockConfiguration,
});

import * as z from 'zod';
import { bucketMembers } from './bucket.ts';
import { putSetting } from './bucketSetting.ts';

/** Records the default encryption. Objects lie on the user's own disk as they are; only SSE-S3, which needs no key, is taken. */
export const putBucketEncryption = putSetting({
  action: 'PutEncryptionConfiguration',
  field: 'Encryption',
  input: z.strictObject({
    ...bucketMembers,
    ServerSideEncryptionConfiguration: z.strictObject({
      Rules: z
        .array(
          z.strictObject({
            ApplyServerSideEncryptionByDefault: z.strictObject({ SSEAlgorithm: z.literal('AES256') }).optional(),
            BucketKeyEnabled: z.boolean().optional(),
          }),
        )
        .length(1),
    }),
  }),
  value: (it) => it.ServerSideEncryptionConfiguration,
});

import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::S3::BucketPolicy */
export const bucketPolicy = resourceType({
  properties: z.strictObject({ Bucket: z.string(), PolicyDocument: z.unknown() }),
  async apply({ Bucket, PolicyDocument }, { call }) {
    await call('s3', 'PutBucketPolicy', { Bucket, Policy: JSON.stringify(PolicyDocument) });
    return { ref: Bucket, attributes: {} };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('s3', 'DeleteBucketPolicy', { Bucket: ref })),
});

import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

const properties = z.strictObject({
  BucketName: z.string().optional(),
  BucketEncryption: z.strictObject({ ServerSideEncryptionConfiguration: z.array(z.unknown()) }).optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  PublicAccessBlockConfiguration: z
    .strictObject({
      BlockPublicAcls: z.boolean().optional(),
      BlockPublicPolicy: z.boolean().optional(),
      IgnorePublicAcls: z.boolean().optional(),
      RestrictPublicBuckets: z.boolean().optional(),
    })
    .optional(),
  OwnershipControls: z.strictObject({ Rules: z.array(z.unknown()) }).optional(),
  NotificationConfiguration: z
    .strictObject({ EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: z.literal(true).optional() }) })
    .optional(),
  Tags: tags,
});

/** AWS::S3::Bucket. A bucket with objects is never removed. */
export const bucket = resourceType({
  properties,
  async apply(given, { world, call, defaultName }) {
    const Bucket = given.BucketName ?? defaultName(63).toLowerCase();
    await unlessThere(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'], () =>
      call('s3', 'CreateBucket', {
        Bucket,
        ...(world.region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: world.region } }),
      }),
    );
    if (given.BucketEncryption) {
      const Rules = given.BucketEncryption.ServerSideEncryptionConfiguration.map((rule) => {
        const { ServerSideEncryptionByDefault, ...rest } = rule as Record<string, unknown>;
        return { ...rest, ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault };
      });
      await call('s3', 'PutBucketEncryption', { Bucket, ServerSideEncryptionConfiguration: { Rules } });
    }
    if (given.VersioningConfiguration)
      await call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration: given.VersioningConfiguration });
    if (given.PublicAccessBlockConfiguration)
      await call('s3', 'PutPublicAccessBlock', {
        Bucket,
        PublicAccessBlockConfiguration: given.PublicAccessBlockConfiguration,
      });
    if (given.OwnershipControls)
      await call('s3', 'PutBucketOwnershipControls', { Bucket, OwnershipControls: given.OwnershipControls });
    await call('s3', 'PutBucketNotificationConfiguration', {
      Bucket,
      NotificationConfiguration: given.NotificationConfiguration ? { EventBridgeConfiguration: {} } : {},
    });
    const domain = `${Bucket}.s3.${world.region}.amazonaws.com`;
    return {
      ref: Bucket,
      attributes: {
        Arn: `arn:${world.partition}:s3:::${Bucket}`,
        DomainName: `${Bucket}.s3.amazonaws.com`,
        RegionalDomainName: domain,
      },
    };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('s3', 'DeleteBucket', { Bucket: ref })),
});

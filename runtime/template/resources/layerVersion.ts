import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::Lambda::LayerVersion. Whatever changes makes a new version; the one before goes when nothing refers to it any more. */
export const layerVersion = resourceType({
  properties: z.strictObject({
    Content: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    LayerName: z.string().optional(),
    Description: z.string().optional(),
    LicenseInfo: z.string().optional(),
    CompatibleRuntimes: z.array(z.string()).optional(),
    CompatibleArchitectures: z.array(z.string()).optional(),
  }),
  async apply({ LayerName, Content, ...rest }, { call, asset, defaultName }) {
    const { S3Bucket: Bucket, S3Key: Key } = Content;
    await call('s3', 'PutObject', { Bucket, Key, Body: await asset(Key) });
    const { LayerVersionArn } = await call<{ LayerVersionArn: string }>('lambda', 'PublishLayerVersion', {
      LayerName: LayerName ?? defaultName(64),
      Content,
      ...rest,
    });
    return { ref: LayerVersionArn, attributes: { LayerVersionArn } };
  },
  remove({ ref }, { call }) {
    const [LayerName, VersionNumber] = ref.split(':').slice(-2);
    return unlessGone(() => call('lambda', 'DeleteLayerVersion', { LayerName, VersionNumber: Number(VersionNumber) }));
  },
});

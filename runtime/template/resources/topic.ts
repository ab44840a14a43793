import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';
import { tags } from './tags.ts';

/** AWS::SNS::Topic */
export const topic = resourceType({
  properties: z.strictObject({
    TopicName: z.string().optional(),
    DisplayName: z.string().optional(),
    /** Encryption at rest is the disk's own here. */
    KmsMasterKeyId: z.string().optional(),
    Tags: tags,
  }),
  async apply({ TopicName, DisplayName }, { call, defaultName }) {
    const Name = TopicName ?? defaultName(256);
    const { TopicArn } = await call<{ TopicArn: string }>('sns', 'CreateTopic', {
      Name,
      ...(DisplayName && { Attributes: { DisplayName } }),
    });
    return { ref: TopicArn, attributes: { TopicArn, TopicName: Name } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('sns', 'DeleteTopic', { TopicArn: ref })),
});

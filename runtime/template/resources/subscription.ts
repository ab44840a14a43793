import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::SNS::Subscription. What changes in it makes it anew, as on AWS. */
export const subscription = resourceType({
  properties: z.strictObject({
    TopicArn: z.string(),
    Protocol: z.string(),
    Endpoint: z.string(),
    RawMessageDelivery: z.boolean().optional(),
  }),
  async apply({ RawMessageDelivery, ...given }, { call, previous }) {
    if (previous) await unlessGone(() => call('sns', 'Unsubscribe', { SubscriptionArn: previous.ref }));
    const { SubscriptionArn } = await call<{ SubscriptionArn: string }>('sns', 'Subscribe', {
      ...given,
      ...(RawMessageDelivery && { Attributes: { RawMessageDelivery: 'true' } }),
      ReturnSubscriptionArn: true,
    });
    return { ref: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('sns', 'Unsubscribe', { SubscriptionArn: ref })),
});

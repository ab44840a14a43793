import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { queueArnPattern } from '../../queueUrl.ts';
import { invalidParameter, onTopic, topicOf, type SnsState } from './topic.ts';

// Filter policies are no known attribute.
const input = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  Attributes: z.strictObject({ RawMessageDelivery: z.enum(['true', 'false']).optional() }).default({}),
  ReturnSubscriptionArn: z.boolean().optional(),
});

const endpoints = {
  lambda: /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?$/,
  sqs: queueArnPattern,
  email: /^[^\s@]+@[^\s@]+$/,
} as const;

const isKnown = (protocol: string): protocol is keyof typeof endpoints => Object.hasOwn(endpoints, protocol);

/** Subscribes a function, a queue, or an address whose messages go to the runtime's log; the same again answers the same ARN. */
export const subscribe = operation({
  input,
  needs: onTopic('Subscribe'),
  async run({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn }, call: Call<SnsState>) {
    const { state, world } = call;
    topicOf(call, TopicArn);
    if (!isKnown(Protocol))
      throw new AwsError(
        'NotImplemented',
        `NotImplemented: Subscribe.Protocol=${Protocol} is not supported by this runtime; it delivers to ${Object.keys(endpoints).join(' and ')}`,
        501,
      );
    if (!endpoints[Protocol].test(Endpoint)) throw invalidParameter(`Endpoint Reason: not an address of ${Protocol}`);
    if (Attributes.RawMessageDelivery === 'true' && Protocol !== 'sqs')
      throw invalidParameter(`Attributes Reason: RawMessageDelivery: protocol ${Protocol} has no raw delivery`);
    const Raw = Attributes.RawMessageDelivery === 'true';
    const Pending = Protocol === 'email';
    const known = [...state.subscriptions.values()].find(
      (it) => it.TopicArn === TopicArn && it.Protocol === Protocol && it.Endpoint === Endpoint,
    );
    if (known && (known.Raw ?? false) !== Raw)
      throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
    const SubscriptionArn = known?.SubscriptionArn ?? `${TopicArn}:${world.ids.uuid()}`;
    if (!known)
      state.subscriptions.set(SubscriptionArn, { SubscriptionArn, TopicArn, Protocol, Endpoint, Raw, Pending });
    await world.store.flushed();
    return { SubscriptionArn: Pending && !ReturnSubscriptionArn ? 'pending confirmation' : SubscriptionArn };
  },
});

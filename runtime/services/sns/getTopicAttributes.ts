import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onTopic, topicOf, type SnsState } from './topic.ts';

/** What is set on a topic, and how many subscribe to it. */
export const getTopicAttributes = operation({
  input: z.strictObject({ TopicArn: z.string() }),
  needs: onTopic('GetTopicAttributes'),
  run({ TopicArn }, call: Call<SnsState>) {
    const { Attributes } = topicOf(call, TopicArn);
    const own = [...call.state.subscriptions.values()].filter((it) => it.TopicArn === TopicArn);
    const pending = own.filter(({ Pending }) => Pending).length;
    return {
      Attributes: {
        TopicArn,
        Owner: call.world.accountId,
        DisplayName: '',
        ...Attributes,
        SubscriptionsConfirmed: String(own.length - pending),
        SubscriptionsPending: String(pending),
        SubscriptionsDeleted: '0',
      },
    };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listedSubscription, onTopic, pageOf, topicOf, type SnsState } from './topic.ts';

/** The subscriptions of a topic, 100 on a page. */
export const listSubscriptionsByTopic = operation({
  input: z.strictObject({ TopicArn: z.string(), NextToken: z.string().optional() }),
  needs: onTopic('ListSubscriptionsByTopic'),
  run({ TopicArn, NextToken }, call: Call<SnsState>) {
    topicOf(call, TopicArn);
    const own = [...call.state.subscriptions.values()].filter((it) => it.TopicArn === TopicArn);
    const { page, next } = pageOf(own, NextToken);
    return { Subscriptions: page.map(listedSubscription(call.world.accountId)), ...next };
  },
});

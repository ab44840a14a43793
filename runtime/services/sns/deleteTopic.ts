import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onTopic, type SnsState } from './topic.ts';

/** Deletes a topic and its subscriptions; one that is not there is deleted already. */
export const deleteTopic = operation({
  input: z.strictObject({ TopicArn: z.string() }),
  needs: onTopic('DeleteTopic'),
  async run({ TopicArn }, { state, world }: Call<SnsState>) {
    for (const it of state.subscriptions.values())
      if (it.TopicArn === TopicArn) state.subscriptions.delete(it.SubscriptionArn);
    state.topics.delete(TopicArn);
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { SnsState } from './topic.ts';

/** Ends a subscription; one that is not there has ended already. */
export const unsubscribe = operation({
  input: z.strictObject({ SubscriptionArn: z.string() }),
  needs: ({ SubscriptionArn }) => [{ action: 'sns:Unsubscribe', resource: SubscriptionArn.replace(/:[^:]*$/, '') }],
  async run({ SubscriptionArn }, { state, world }: Call<SnsState>) {
    state.subscriptions.delete(SubscriptionArn);
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listedSubscription, pageOf, type SnsState } from './topic.ts';

/** All subscriptions, 100 on a page. */
export const listSubscriptions = operation({
  input: z.strictObject({ NextToken: z.string().optional() }),
  needs: () => [{ action: 'sns:ListSubscriptions', resource: '*' }],
  run({ NextToken }, { state, world }: Call<SnsState>) {
    const { page, next } = pageOf([...state.subscriptions.values()], NextToken);
    return { Subscriptions: page.map(listedSubscription(world.accountId)), ...next };
  },
});

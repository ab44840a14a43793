import * as z from 'zod';
import { operation } from '../../operation.ts';
import { shown } from './describeRule.ts';
import type { EventsState } from './eventsState.ts';
import { defaultBus } from './grammar.ts';

const input = z.strictObject({ NamePrefix: z.string().max(64).optional(), EventBusName: defaultBus });

/** All rules in one page: AWS allows 300 on a bus. */
export const listRules = operation<EventsState, z.infer<typeof input>, { Rules: ReturnType<typeof shown>[] }>({
  input,
  needs: (_, { world }) => [
    { action: 'events:ListRules', resource: `arn:${world.partition}:events:${world.region}:${world.accountId}:rule/*` },
  ],
  run: ({ NamePrefix = '' }, { state }) => ({
    Rules: [...state.rules.values()].filter(({ name }) => name.startsWith(NamePrefix)).map(shown),
  }),
});

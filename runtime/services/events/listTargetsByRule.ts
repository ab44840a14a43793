import * as z from 'zod';
import { operation } from '../../operation.ts';
import { type EventsState, ruleArn, ruleOf, type Target } from './eventsState.ts';
import { defaultBus, ruleName } from './grammar.ts';

const input = z.strictObject({ Rule: ruleName, EventBusName: defaultBus });

export const listTargetsByRule = operation<EventsState, z.infer<typeof input>, { Targets: Target[] }>({
  input,
  needs: ({ Rule }, { world }) => [{ action: 'events:ListTargetsByRule', resource: ruleArn(world, Rule) }],
  run: ({ Rule }, { state }) => ({ Targets: ruleOf(state, Rule).targets }),
});

import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { type EventsState, ruleArn } from './eventsState.ts';
import { defaultBus, ruleName } from './grammar.ts';

const input = z.strictObject({ Name: ruleName, EventBusName: defaultBus, Force: z.boolean().optional() });

/** Deleting a rule that is not there succeeds, as on AWS; one with targets is refused. */
export const deleteRule = operation<EventsState, z.infer<typeof input>, Record<string, never>>({
  input,
  needs: ({ Name }, { world }) => [{ action: 'events:DeleteRule', resource: ruleArn(world, Name) }],
  async run({ Name }, { world, state }) {
    if (state.rules.get(Name)?.targets.length)
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    state.rules.delete(Name);
    state.matchers.delete(Name);
    await world.store.flushed();
    return {};
  },
});

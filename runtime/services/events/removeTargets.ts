import * as z from 'zod';
import { operation } from '../../operation.ts';
import { type EventsState, ruleArn, ruleOf } from './eventsState.ts';
import { defaultBus, ruleName, targetId } from './grammar.ts';

const input = z.strictObject({
  Rule: ruleName,
  EventBusName: defaultBus,
  Ids: z.array(targetId).min(1).max(100),
  Force: z.boolean().optional(),
});

interface Output {
  FailedEntryCount: number;
  FailedEntries: { TargetId: string; ErrorCode: string; ErrorMessage: string }[];
}

export const removeTargets = operation<EventsState, z.infer<typeof input>, Output>({
  input,
  needs: ({ Rule }, { world }) => [{ action: 'events:RemoveTargets', resource: ruleArn(world, Rule) }],
  async run({ Rule, Ids }, { world, state }) {
    const rule = ruleOf(state, Rule);
    const unknown = Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
    state.rules.set(Rule, { ...rule, targets: rule.targets.filter(({ Id }) => !Ids.includes(Id)) });
    await world.store.flushed();
    return {
      FailedEntryCount: unknown.length,
      FailedEntries: unknown.map((TargetId) => ({
        TargetId,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule ${Rule} has no target ${TargetId}.`,
      })),
    };
  },
});

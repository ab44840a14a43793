import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { targetServices } from './deliveries.ts';
import { type EventsState, ruleArn, ruleOf } from './eventsState.ts';
import { defaultBus, ruleName, target } from './grammar.ts';

const input = z.strictObject({
  Rule: ruleName,
  EventBusName: defaultBus,
  Targets: z.array(target).min(1).max(100),
});

/** A rule may have five targets (EventBridge quotas). */
const maxTargets = 5;

export const putTargets = operation<
  EventsState,
  z.infer<typeof input>,
  { FailedEntryCount: number; FailedEntries: never[] }
>({
  input,
  needs: ({ Rule, Targets }, { world }) => [
    { action: 'events:PutTargets', resource: ruleArn(world, Rule) },
    ...Targets.flatMap(({ RoleArn }) =>
      RoleArn
        ? [{ action: 'iam:PassRole', resource: RoleArn, context: { 'iam:PassedToService': 'events.amazonaws.com' } }]
        : [],
    ),
  ],
  async run({ Rule, Targets }, { world, state }) {
    const rule = ruleOf(state, Rule);
    for (const { Arn } of Targets) {
      const service = Arn.split(':')[2] ?? '';
      if (!targetServices.includes(service))
        throw new AwsError(
          'NotImplemented',
          `NotImplemented: target ${Arn}; this runtime delivers to ${targetServices.join(', ')}.`,
          501,
        );
    }
    const ids = new Set(Targets.map(({ Id }) => Id));
    const targets = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...Targets];
    if (targets.length > maxTargets)
      throw new AwsError('LimitExceededException', `The requested resource exceeds the maximum number allowed.`);
    state.rules.set(Rule, { ...rule, targets });
    await world.store.flushed();
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
});

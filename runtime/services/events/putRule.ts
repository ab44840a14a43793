import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { compiled, type EventsState, ruleArn } from './eventsState.ts';
import { defaultBus, ruleName } from './grammar.ts';

const input = z.strictObject({
  Name: ruleName,
  EventPattern: z.string().max(4096).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  Description: z.string().max(512).optional(),
  EventBusName: defaultBus,
});

/** Creates or replaces a rule; its targets stay. Rules with a schedule belong to EventBridge Scheduler here. */
export const putRule = operation<EventsState, z.infer<typeof input>, { RuleArn: string }>({
  input,
  needs: ({ Name }, { world }) => [{ action: 'events:PutRule', resource: ruleArn(world, Name) }],
  async run({ Name, EventPattern, State, Description }, { world, state }) {
    if (!EventPattern)
      throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
    compiled(EventPattern);
    const arn = ruleArn(world, Name);
    state.matchers.delete(Name);
    state.rules.set(Name, {
      name: Name,
      arn,
      pattern: EventPattern,
      state: State ?? 'ENABLED',
      targets: state.rules.get(Name)?.targets ?? [],
      ...(Description && { description: Description }),
    });
    await world.store.flushed();
    return { RuleArn: arn };
  },
});

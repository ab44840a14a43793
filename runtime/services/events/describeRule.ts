import * as z from 'zod';
import { operation } from '../../operation.ts';
import { type EventsState, type Rule, ruleArn, ruleOf } from './eventsState.ts';
import { defaultBus, ruleName } from './grammar.ts';

const input = z.strictObject({ Name: ruleName, EventBusName: defaultBus });

/** A rule as the API shows it. */
export const shown = ({ name, arn, pattern, state, description }: Rule) => ({
  Name: name,
  Arn: arn,
  EventPattern: pattern,
  State: state,
  EventBusName: 'default',
  ...(description && { Description: description }),
});

export const describeRule = operation<EventsState, z.infer<typeof input>, ReturnType<typeof shown>>({
  input,
  needs: ({ Name }, { world }) => [{ action: 'events:DescribeRule', resource: ruleArn(world, Name) }],
  run: ({ Name }, { state }) => shown(ruleOf(state, Name)),
});

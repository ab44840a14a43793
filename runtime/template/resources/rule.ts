import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

const properties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  EventBusName: z.literal('default').optional(),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        RoleArn: z.string().optional(),
        Input: z.string().optional(),
        SqsParameters: z.strictObject({ MessageGroupId: z.string() }).optional(),
        DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
        RetryPolicy: z
          .strictObject({ MaximumRetryAttempts: z.int().optional(), MaximumEventAgeInSeconds: z.int().optional() })
          .optional(),
      }),
    )
    .default([]),
});

/** AWS::Events::Rule with an event pattern. */
export const rule = resourceType({
  properties,
  async apply({ Name: given, EventPattern, State, Description, Targets }, { world, call, defaultName }) {
    const Name = given ?? defaultName(64);
    await call('events', 'PutRule', {
      Name,
      EventPattern: JSON.stringify(EventPattern),
      ...(State && { State }),
      ...(Description && { Description }),
    });
    const { Targets: old } = await call<{ Targets: { Id: string }[] }>('events', 'ListTargetsByRule', { Rule: Name });
    const stale = old.map(({ Id }) => Id).filter((id) => !Targets.some(({ Id }) => Id === id));
    if (stale.length > 0) await call('events', 'RemoveTargets', { Rule: Name, Ids: stale });
    if (Targets.length > 0) await call('events', 'PutTargets', { Rule: Name, Targets });
    return {
      ref: Name,
      attributes: { Arn: `arn:${world.partition}:events:${world.region}:${world.accountId}:rule/${Name}` },
    };
  },
  remove: ({ ref }, { call }) =>
    unlessGone(async () => {
      const { Targets } = await call<{ Targets: { Id: string }[] }>('events', 'ListTargetsByRule', { Rule: ref });
      if (Targets.length > 0) await call('events', 'RemoveTargets', { Rule: ref, Ids: Targets.map(({ Id }) => Id) });
      await call('events', 'DeleteRule', { Name: ref });
    }),
});

import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';

/** ISO 8601 in a template, epoch seconds in the call. */
const date = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text) / 1000)
  .optional();

const properties = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  Description: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().optional(),
  StartDate: date,
  EndDate: date,
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  FlexibleTimeWindow: z.record(z.string(), z.unknown()),
  /** As in the API, which checks it. */
  Target: z.record(z.string(), z.unknown()),
});

/** AWS::Scheduler::Schedule */
export const schedule = resourceType({
  properties,
  async apply({ Name: given, GroupName = 'default', ...rest }, { world, call, defaultName }) {
    const Name = given ?? defaultName(64);
    const input = { Name, GroupName, ...rest };
    const made = await unlessThere(['ConflictException'], () => call('scheduler', 'CreateSchedule', input));
    if (!made) await call('scheduler', 'UpdateSchedule', input);
    const Arn = `arn:${world.partition}:scheduler:${world.region}:${world.accountId}:schedule/${GroupName}/${Name}`;
    return { ref: Name, attributes: { Arn } };
  },
  remove: ({ ref, attributes: { Arn = '' } }, { call }) =>
    unlessGone(() => call('scheduler', 'DeleteSchedule', { Name: ref, GroupName: Arn.split('/')[1] })),
});

import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

/** AWS::Scheduler::ScheduleGroup. Deleting it deletes its schedules, those that came later too. */
export const scheduleGroup = resourceType({
  properties: z.strictObject({ Name: z.string().optional(), Tags: tags }),
  async apply({ Name: given, Tags = [] }, { world, call, defaultName }) {
    const Name = given ?? defaultName(64);
    const Arn = `arn:${world.partition}:scheduler:${world.region}:${world.accountId}:schedule-group/${Name}`;
    const made = await unlessThere(['ConflictException'], () =>
      call('scheduler', 'CreateScheduleGroup', { Name, Tags }),
    );
    if (!made) {
      const { Tags: had } = await call<{ Tags: { Key: string }[] }>('scheduler', 'ListTagsForResource', {
        ResourceArn: Arn,
      });
      const stale = had.map(({ Key }) => Key).filter((key) => !Tags.some(({ Key }) => Key === key));
      if (stale.length > 0) await call('scheduler', 'UntagResource', { ResourceArn: Arn, TagKeys: stale });
      if (Tags.length > 0) await call('scheduler', 'TagResource', { ResourceArn: Arn, Tags });
    }
    return { ref: Name, attributes: { Arn } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('scheduler', 'DeleteScheduleGroup', { Name: ref })),
});

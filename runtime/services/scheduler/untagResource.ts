import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { tagKey } from './grammar.ts';
import { onTagged, taggedGroup } from './taggedGroup.ts';
import type { SchedulerState } from './schedules.ts';

/** UntagResource: takes tags from a group. */
export const untagResource = operation({
  input: z.strictObject({ ResourceArn: z.string().min(1).max(1011), TagKeys: z.array(tagKey).max(50) }),
  needs: onTagged('UntagResource'),
  async run({ ResourceArn, TagKeys }, { state, world }: Call<SchedulerState>) {
    const group = taggedGroup(state, ResourceArn);
    const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !TagKeys.includes(key)));
    state.groups.set(group.Name, { ...group, tags });
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { tags } from './grammar.ts';
import { onTagged, taggedGroup } from './taggedGroup.ts';
import type { SchedulerState } from './schedules.ts';

/** TagResource: adds tags to a group. */
export const tagResource = operation({
  input: z.strictObject({ ResourceArn: z.string().min(1).max(1011), Tags: tags }),
  needs: onTagged('TagResource'),
  async run({ ResourceArn, Tags }, { state, world }: Call<SchedulerState>) {
    const group = taggedGroup(state, ResourceArn);
    const added = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    state.groups.set(group.Name, { ...group, tags: { ...group.tags, ...added } });
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onTagged, taggedGroup } from './taggedGroup.ts';
import type { SchedulerState } from './schedules.ts';

/** ListTagsForResource */
export const listTagsForResource = operation({
  input: z.strictObject({ ResourceArn: z.string().min(1).max(1011) }),
  needs: onTagged('ListTagsForResource'),
  run({ ResourceArn }, { state }: Call<SchedulerState>) {
    const { tags } = taggedGroup(state, ResourceArn);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

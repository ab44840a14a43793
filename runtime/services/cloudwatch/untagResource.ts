import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { tagsOf } from './taggedAlarm.ts';

export const untagResource = operation({
  input: z.strictObject({ ResourceARN: z.string().min(1).max(1024), TagKeys: z.array(z.string().min(1).max(128)) }),
  needs: ({ ResourceARN }) => [{ action: 'cloudwatch:UntagResource', resource: ResourceARN }],
  async run({ ResourceARN, TagKeys }, { world, state }: Call<CloudWatch>) {
    const left = Object.entries(tagsOf(state, ResourceARN)).filter(([key]) => !TagKeys.includes(key));
    state.tags.set(ResourceARN, Object.fromEntries(left));
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { tagsOf } from './taggedAlarm.ts';

export const listTagsForResource = operation({
  input: z.strictObject({ ResourceARN: z.string().min(1).max(1024) }),
  needs: ({ ResourceARN }) => [{ action: 'cloudwatch:ListTagsForResource', resource: ResourceARN }],
  run: ({ ResourceARN }, { state }: Call<CloudWatch>) => ({
    Tags: Object.entries(tagsOf(state, ResourceARN)).map(([Key, Value]) => ({ Key, Value })),
  }),
});

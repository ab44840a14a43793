import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onResource, topicOf, type SnsState } from './topic.ts';

/** The tags of a topic. */
export const listTagsForResource = operation({
  input: z.strictObject({ ResourceArn: z.string() }),
  needs: onResource('ListTagsForResource'),
  run({ ResourceArn }, call: Call<SnsState>) {
    const { Tags } = topicOf(call, ResourceArn);
    return { Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onResource, topicOf, type SnsState } from './topic.ts';

/** Takes tags from a topic. */
export const untagResource = operation({
  input: z.strictObject({ ResourceArn: z.string(), TagKeys: z.array(z.string()) }),
  needs: onResource('UntagResource'),
  async run({ ResourceArn, TagKeys }, call: Call<SnsState>) {
    const topic = topicOf(call, ResourceArn);
    const left = Object.entries(topic.Tags).filter(([key]) => !TagKeys.includes(key));
    call.state.topics.set(ResourceArn, { ...topic, Tags: Object.fromEntries(left) });
    await call.world.store.flushed();
    return {};
  },
});

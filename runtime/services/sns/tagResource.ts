import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onResource, tagsMember, topicOf, type SnsState } from './topic.ts';

/** Adds tags to a topic. */
export const tagResource = operation({
  input: z.strictObject({ ResourceArn: z.string(), Tags: tagsMember }),
  needs: onResource('TagResource'),
  async run({ ResourceArn, Tags }, call: Call<SnsState>) {
    const topic = topicOf(call, ResourceArn);
    const added = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    call.state.topics.set(ResourceArn, { ...topic, Tags: { ...topic.Tags, ...added } });
    await call.world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';
import { tags } from './grammar.ts';
import { tagsOf } from './taggedAlarm.ts';

const mostTags = 50;

export const tagResource = operation({
  input: z.strictObject({ ResourceARN: z.string().min(1).max(1024), Tags: tags }),
  needs: ({ ResourceARN }) => [{ action: 'cloudwatch:TagResource', resource: ResourceARN }],
  async run({ ResourceARN, Tags }, { world, state }: Call<CloudWatch>) {
    const all = { ...tagsOf(state, ResourceARN), ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
    if (Object.keys(all).length > mostTags)
      throw failure('InvalidParameterValueException', `A resource has at most ${mostTags} tags.`);
    state.tags.set(ResourceARN, all);
    await world.store.flushed();
    return {};
  },
});

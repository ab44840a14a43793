import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { tagKey } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { resourceArn, taggedResource } from './taggedResource.ts';
import { tagsOf } from './tags.ts';

export const deleteTags = operation({
  input: z.strictObject({ ResourceArn: resourceArn, TagKeys: z.array(tagKey).min(1).max(50) }),
  needs: ({ ResourceArn }) => [{ action: 'sagemaker:DeleteTags', resource: ResourceArn }],
  async run({ ResourceArn, TagKeys }, { world, state: { tables } }: Call<SageMaker>) {
    const arn = taggedResource(tables, ResourceArn);
    const left = Object.entries(tagsOf(tables.tags, arn)).filter(([key]) => !TagKeys.includes(key));
    tables.tags.set(arn, Object.fromEntries(left));
    await world.store.flushed();
    return {};
  },
});

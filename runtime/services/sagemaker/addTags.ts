import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { tags } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { resourceArn, taggedResource } from './taggedResource.ts';
import { putTags, tagList, tagsOf } from './tags.ts';

export const addTags = operation({
  input: z.strictObject({ ResourceArn: resourceArn, Tags: tags }),
  needs: ({ ResourceArn }) => [{ action: 'sagemaker:AddTags', resource: ResourceArn }],
  async run({ ResourceArn, Tags }, { world, state: { tables } }: Call<SageMaker>) {
    const arn = taggedResource(tables, ResourceArn);
    putTags(tables.tags, arn, Tags);
    await world.store.flushed();
    return { Tags: tagList(tagsOf(tables.tags, arn)) };
  },
});

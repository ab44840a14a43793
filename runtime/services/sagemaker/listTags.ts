import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { SageMaker } from './sagemakerState.ts';
import { resourceArn, taggedResource } from './taggedResource.ts';
import { tagList, tagsOf } from './tags.ts';

/** A resource has at most 50 tags and a page at least 50: there is one page. */
export const listTags = operation({
  input: z.strictObject({ ResourceArn: resourceArn, MaxResults: z.int().min(50).optional() }),
  needs: ({ ResourceArn }) => [{ action: 'sagemaker:ListTags', resource: ResourceArn }],
  run({ ResourceArn }, { state: { tables } }: Call<SageMaker>) {
    return { Tags: tagList(tagsOf(tables.tags, taggedResource(tables, ResourceArn))) };
  },
});

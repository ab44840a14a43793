import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn } from './names.ts';
import type { StatesState } from './statesState.ts';
import { taggedResource } from './tags.ts';

export const listTagsForResource = operation({
  input: z.strictObject({ resourceArn: arn }),
  needs: ({ resourceArn }) => [{ action: 'states:ListTagsForResource', resource: resourceArn }],
  run({ resourceArn }, call: Call<StatesState>) {
    const { tags } = taggedResource(call, resourceArn);
    return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
  },
});

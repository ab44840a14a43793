import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn } from './names.ts';
import { tagList, tagRecord } from './parts.ts';
import type { StatesState } from './statesState.ts';
import { taggedResource } from './tags.ts';

export const tagResource = operation({
  input: z.strictObject({ resourceArn: arn, tags: tagList }),
  needs: ({ resourceArn }) => [{ action: 'states:TagResource', resource: resourceArn }],
  async run({ resourceArn, tags }, call: Call<StatesState>) {
    const resource = taggedResource(call, resourceArn);
    await resource.retag({ ...resource.tags, ...tagRecord(tags) });
    return {};
  },
});

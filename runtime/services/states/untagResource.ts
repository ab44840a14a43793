import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn } from './names.ts';
import type { StatesState } from './statesState.ts';
import { taggedResource } from './tags.ts';

export const untagResource = operation({
  input: z.strictObject({ resourceArn: arn, tagKeys: z.array(z.string().min(1).max(128)) }),
  needs: ({ resourceArn }) => [{ action: 'states:UntagResource', resource: resourceArn }],
  async run({ resourceArn, tagKeys }, call: Call<StatesState>) {
    const resource = taggedResource(call, resourceArn);
    const kept = Object.entries(resource.tags).filter(([key]) => !tagKeys.includes(key));
    await resource.retag(Object.fromEntries(kept));
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn } from './names.ts';
import { tagList, tagRecord } from './parts.ts';
import type { StatesState } from './statesState.ts';
import { retag, taggedMachine } from './tags.ts';

export const tagResource = operation({
  input: z.strictObject({ resourceArn: arn, tags: tagList }),
  needs: ({ resourceArn }) => [{ action: 'states:TagResource', resource: resourceArn }],
  async run({ resourceArn, tags }, call: Call<StatesState>) {
    const machine = taggedMachine(call, resourceArn);
    await retag(call, machine, { ...machine.tags, ...tagRecord(tags) });
    return {};
  },
});

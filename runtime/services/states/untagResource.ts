import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn } from './names.ts';
import type { StatesState } from './statesState.ts';
import { retag, taggedMachine } from './tags.ts';

export const untagResource = operation({
  input: z.strictObject({ resourceArn: arn, tagKeys: z.array(z.string().min(1).max(128)) }),
  needs: ({ resourceArn }) => [{ action: 'states:UntagResource', resource: resourceArn }],
  async run({ resourceArn, tagKeys }, call: Call<StatesState>) {
    const machine = taggedMachine(call, resourceArn);
    const kept = Object.entries(machine.tags).filter(([key]) => !tagKeys.includes(key));
    await retag(call, machine, Object.fromEntries(kept));
    return {};
  },
});

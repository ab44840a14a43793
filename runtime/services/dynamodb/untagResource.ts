import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { changeRecord, onResource, recordOf, type DynamoState } from './table.ts';

/** Takes tags from a table. */
export const untagResource = operation({
  input: z.strictObject({ ResourceArn: z.string(), TagKeys: z.array(z.string()) }),
  needs: onResource('UntagResource'),
  async run({ ResourceArn, TagKeys }, call: Call<DynamoState>) {
    const record = recordOf(call, ResourceArn);
    const left = Object.entries(record.Tags).filter(([key]) => !TagKeys.includes(key));
    await changeRecord(call, { ...record, Tags: Object.fromEntries(left) });
    return {};
  },
});

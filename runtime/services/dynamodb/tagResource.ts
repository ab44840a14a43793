import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { changeRecord, onResource, recordOf, type DynamoState } from './table.ts';

const input = z.strictObject({
  ResourceArn: z.string(),
  Tags: z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })),
});

/** Adds tags to a table. */
export const tagResource = operation({
  input,
  needs: onResource('TagResource'),
  async run({ ResourceArn, Tags }, call: Call<DynamoState>) {
    const record = recordOf(call, ResourceArn);
    const added = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    await changeRecord(call, { ...record, Tags: { ...record.Tags, ...added } });
    return {};
  },
});

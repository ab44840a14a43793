import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onResource, recordOf, type DynamoState } from './table.ts';

/** The tags of a table, all on one page. */
export const listTagsOfResource = operation({
  input: z.strictObject({ ResourceArn: z.string(), NextToken: z.string().optional() }),
  needs: onResource('ListTagsOfResource'),
  run({ ResourceArn }, call: Call<DynamoState>) {
    const { Tags } = recordOf(call, ResourceArn);
    return { Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })) };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onTable, recordOf, tableMember, type DynamoState } from './table.ts';

/** Which attribute holds an item's expiry. */
export const describeTimeToLive = operation({
  input: z.strictObject({ TableName: tableMember }),
  needs: onTable('DescribeTimeToLive'),
  run({ TableName }, call: Call<DynamoState>) {
    const { TimeToLive } = recordOf(call, TableName);
    return {
      TimeToLiveDescription: TimeToLive?.Enabled
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: TimeToLive.AttributeName }
        : { TimeToLiveStatus: 'DISABLED' },
    };
  },
});

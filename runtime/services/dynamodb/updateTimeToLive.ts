import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { changeRecord, onTable, recordOf, tableMember, type DynamoState } from './table.ts';

const input = z.strictObject({
  TableName: tableMember,
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().min(1).max(255), Enabled: z.boolean() }),
});

/** Records which attribute holds an item's expiry. The runtime deletes nothing: AWS too may take days, so nobody can count on it. */
export const updateTimeToLive = operation({
  input,
  needs: onTable('UpdateTimeToLive'),
  async run({ TableName, TimeToLiveSpecification }, call: Call<DynamoState>) {
    const record = recordOf(call, TableName);
    if ((record.TimeToLive?.Enabled ?? false) === TimeToLiveSpecification.Enabled)
      throw new AwsError(
        'ValidationException',
        `TimeToLive is already ${TimeToLiveSpecification.Enabled ? 'enabled' : 'disabled'}`,
      );
    if (TimeToLiveSpecification.Enabled)
      call.world.log('warn', 'time to live is recorded; this runtime does not delete expired items', {
        table: record.TableName,
      });
    await changeRecord(call, { ...record, TimeToLive: TimeToLiveSpecification });
    return { TimeToLiveSpecification };
  },
});

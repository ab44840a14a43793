import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { backupsOf } from './describeContinuousBackups.ts';
import { changeRecord, onTable, recordOf, tableMember, type DynamoState } from './table.ts';

const input = z.strictObject({
  TableName: tableMember,
  PointInTimeRecoverySpecification: z.strictObject({ PointInTimeRecoveryEnabled: z.boolean() }),
});

/** Records that point-in-time recovery is wanted. The runtime makes no backups: the data folder is the user's to back up. */
export const updateContinuousBackups = operation({
  input,
  needs: onTable('UpdateContinuousBackups'),
  async run({ TableName, PointInTimeRecoverySpecification }, call: Call<DynamoState>) {
    const record = { ...recordOf(call, TableName), ...PointInTimeRecoverySpecification };
    if (record.PointInTimeRecoveryEnabled)
      call.world.log('info', 'point-in-time recovery is recorded; this runtime makes no backups', {
        table: record.TableName,
      });
    await changeRecord(call, record);
    return backupsOf(record);
  },
});

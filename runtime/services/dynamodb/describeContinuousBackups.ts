import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onTable, recordOf, tableMember, type DynamoState, type TableRecord } from './table.ts';

/** The description of what is recorded of backups. */
export const backupsOf = ({ PointInTimeRecoveryEnabled }: TableRecord) => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: PointInTimeRecoveryEnabled ? 'ENABLED' : 'DISABLED',
    },
  },
});

/** What is recorded of backups; see updateContinuousBackups. */
export const describeContinuousBackups = operation({
  input: z.strictObject({ TableName: tableMember }),
  needs: onTable('DescribeContinuousBackups'),
  run: ({ TableName }, call: Call<DynamoState>) => backupsOf(recordOf(call, TableName)),
});

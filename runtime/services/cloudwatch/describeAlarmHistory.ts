import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { alarmArn, alarmName, pageOf } from './grammar.ts';

/** The kept history, newest first unless asked otherwise. */
export const describeAlarmHistory = operation({
  input: z.strictObject({
    AlarmName: alarmName.optional(),
    AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).optional(),
    HistoryItemType: z.enum(['ConfigurationUpdate', 'StateUpdate', 'Action']).optional(),
    StartDate: z.number().optional(),
    EndDate: z.number().optional(),
    MaxRecords: z.int().min(1).max(100).optional(),
    NextToken: z.string().optional(),
    ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  }),
  needs: ({ AlarmName = '*' }, { world }) => [
    { action: 'cloudwatch:DescribeAlarmHistory', resource: alarmArn(world, AlarmName) },
  ],
  run(input, { state }: Call<CloudWatch>) {
    const { AlarmName, HistoryItemType, StartDate = 0, EndDate = Infinity, MaxRecords, NextToken, ScanBy } = input;
    const found = state.history
      .items()
      .filter((item) => AlarmName === undefined || item.AlarmName === AlarmName)
      .filter((item) => HistoryItemType === undefined || item.HistoryItemType === HistoryItemType)
      .filter(({ Timestamp }) => Timestamp >= StartDate && Timestamp <= EndDate)
      .map((item) => ({ ...item, AlarmType: 'MetricAlarm' }));
    const ordered = ScanBy === 'TimestampAscending' ? found : found.toReversed();
    const { page, next } = pageOf(ordered, NextToken, MaxRecords ?? 100);
    return { AlarmHistoryItems: page, ...next };
  },
});

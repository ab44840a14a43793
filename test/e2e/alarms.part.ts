/** What people are told by: a run that fails is measured, its alarm fires, and the topic hears of it. */
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../fixtures/sagemakerWorld.ts';
import { clock, laptop } from './sharedLaptop.ts';

let cloudwatch: CloudWatchClient;
beforeAll(() => {
  const { endpoint, region, credentials } = laptop.connection;
  cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
});
afterAll(() => cloudwatch.destroy());

const dimensions = { Stack: 'sluice-dev' };
const sumOf = async (MetricName: string, by: Record<string, string> = {}) => {
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Sluice',
      MetricName,
      Dimensions: Object.entries({ ...dimensions, ...by }).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(clock.now() - 3_600_000),
      EndTime: new Date(clock.now() + 60_000),
      Period: 3600,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
};

const AlarmName = 'sluice-dev-runs-failed';
const state = async () => {
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
  return MetricAlarms?.[0]?.StateValue;
};

test('a run that fails', async () => {
  const started = await sumOf('RunsStarted');
  const { outcome } = await laptop.drop('broken', 'y\n1\n2\n');
  expect(outcome).toBe('FAILED');
  expect(await sumOf('RunsStarted')).toBe(started + 1);
  expect(await sumOf('RunsFailed')).toBe(1);
  expect(await sumOf('RunsEnded', { Outcome: 'FAILED' })).toBe(1);
  for (let minutes = 0; minutes < 10 && (await state()) !== 'ALARM'; minutes++) {
    clock.jump(60_000);
    await new Promise((wake) => setTimeout(wake, 200));
  }
  expect(await state()).toBe('ALARM');
  // The state comes first, then what it leads to.
  const history = async () => {
    const asked = new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'Action' });
    return (await cloudwatch.send(asked)).AlarmHistoryItems ?? [];
  };
  const items = await eventually(history, ({ length }) => length > 0);
  expect(items.map(({ HistorySummary }) => HistorySummary)).toEqual([
    expect.stringMatching(/Successfully executed action arn:aws:sns:.*:sluice-dev-notifications/),
  ]);
}, 60_000);

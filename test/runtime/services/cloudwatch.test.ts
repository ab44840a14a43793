/**
 * CloudWatch over the wire with the official client, and its alarms under a clock that a test moves.
 * Long because metrics and the alarms on them stand in one runtime.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { operation, type ServiceFactory } from '../../../runtime/operation.ts';
import type { Alarm } from '../../../runtime/services/cloudwatch/alarm.ts';
import { cloudwatch } from '../../../runtime/services/cloudwatch/index.ts';
import { sns } from '../../../runtime/services/sns/index.ts';
import type { Message } from '../../../runtime/services/sns/topic.ts';

const minute = 60_000;
const topicArn = 'arn:aws:sns:eu-west-1:000000000000:alerts';
const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;

let dataDir: string;
let runtime: Runtime;
let client: CloudWatchClient;
let clock: ReturnType<typeof testClock>;
const heard: { DetailType: string; Source: string; Resources: string[]; Detail: string }[] = [];

const events: ServiceFactory = () => ({
  name: 'events',
  protocol: 'awsJson1.1',
  state: {},
  operations: {
    PutEvents: operation({
      input: z.object({
        Entries: z.array(
          z.object({
            DetailType: z.string(),
            Source: z.string(),
            Resources: z.array(z.string()),
            Detail: z.string(),
          }),
        ),
      }),
      needs: () => [],
      run({ Entries }) {
        heard.push(...Entries);
        return { FailedEntryCount: 0, Entries: [] };
      },
    }),
  },
});

const open = async () => {
  runtime = await openRuntime({ dataDir, clock, services: [cloudwatch, events, sns] });
  const { endpoint, region, credentials } = runtime;
  // After a leap of the clock the client needs one answer to learn the time.
  client = new CloudWatchClient({ endpoint, region, credentials, maxAttempts: 2 });
};
const close = async () => {
  client.destroy();
  await runtime.close();
};
/** Whoever is concerned is told once the change is on disk. */
const settled = async () => {
  const alarms = runtime.world.store.table<Alarm>('cloudwatch.alarms');
  while ([...alarms.values()].some(({ pending }) => pending.length > 0))
    await new Promise((resolve) => setImmediate(resolve));
};
const messages = () =>
  [...runtime.world.store.table<Message>('sns.messages').values()].map(({ Subject, Messages }) => ({
    Subject,
    body: JSON.parse(Messages['default'] ?? '') as Record<string, unknown>,
  }));

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-cloudwatch-'));
  clock = testClock(Date.UTC(2026, 10, 21, 9));
  heard.length = 0;
  await open();
  await runtime.world.call(root, 'sns', 'CreateTopic', { Name: 'alerts' });
});
afterEach(async () => {
  await close();
  await rm(dataDir, { recursive: true, force: true });
});

const put = (value: number, more: object = {}) =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'Errors', Value: value, Unit: 'Count', ...more }],
    }),
  );
const alarm = (more: Partial<PutMetricAlarmCommandInput> = {}) =>
  client.send(
    new PutMetricAlarmCommand({
      AlarmName: 'too-many-errors',
      Namespace: 'Shop',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [topicArn],
      ...more,
    }),
  );
const described = async (name = 'too-many-errors') => {
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms[0];
};
/** The state after each of the minutes, in each of which the values were put. */
const statesAfter = async (...minutes: (number | undefined)[]) => {
  const states: (string | undefined)[] = [];
  for (const value of minutes) {
    if (value !== undefined) await put(value);
    await clock.advance(minute);
    await settled();
    states.push((await described())?.StateValue);
  }
  return states;
};

describe('metrics', () => {
  const dimensions = [
    { Name: 'Shop', Value: 'Zürich' },
    { Name: 'Till', Value: '2' },
  ];

  test('are summed up by period and statistic, whatever the order of dimensions', async () => {
    const StartTime = new Date(clock.now());
    for (const value of [1, 2, 3, 4]) await put(value, { Dimensions: dimensions });
    await clock.advance(minute);
    await put(100, { Dimensions: dimensions.toReversed() });
    await put(7);
    const { Datapoints, Label } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Shop',
        MetricName: 'Errors',
        Dimensions: dimensions,
        StartTime,
        EndTime: new Date(clock.now() + minute),
        Period: 60,
        Statistics: ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'],
        ExtendedStatistics: ['p50', 'p99'],
      }),
    );
    expect(Label).toBe('Errors');
    expect(Datapoints).toMatchObject([
      { Timestamp: StartTime, SampleCount: 4, Average: 2.5, Sum: 10, Minimum: 1, Maximum: 4 },
      { SampleCount: 1, Sum: 100 },
    ]);
    expect(Datapoints?.[0]?.ExtendedStatistics).toEqual({ p50: 2, p99: 4 });
  });

  test('take values with counts and statistic sets, and tell several series at once', async () => {
    const MetricData = [
      { MetricName: 'Latency', Values: [10, 20], Counts: [9, 1], Unit: 'Milliseconds' as const },
      { MetricName: 'Size', StatisticValues: { SampleCount: 4, Sum: 8, Minimum: 1, Maximum: 5 } },
    ];
    await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
    const ask = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 300, Stat },
    });
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(clock.now() - minute),
        EndTime: new Date(clock.now() + minute),
        MetricDataQueries: [
          ask('p90', 'Latency', 'p90'),
          ask('top', 'Latency', 'p95'),
          ask('size', 'Size', 'Average'),
          ask('none', 'Size', 'p50'),
        ],
      }),
    );
    expect(MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode])).toEqual([
      ['p90', [10], 'Complete'],
      ['top', [20], 'Complete'],
      ['size', [2], 'Complete'],
      // Without the single values there is no percentile.
      ['none', [], 'Complete'],
    ]);
  });

  test('of many distinct values keep percentiles to two percent', async () => {
    const Values = (from: number) => Array.from({ length: 150 }, (_, index) => from + index);
    for (let from = 1; from < 3000; from += 150)
      await client.send(
        new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Wide', Values: Values(from) }] }),
      );
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Shop',
        MetricName: 'Wide',
        StartTime: new Date(clock.now() - minute),
        EndTime: new Date(clock.now() + minute),
        Period: 300,
        Statistics: ['SampleCount', 'Maximum'],
        ExtendedStatistics: ['p90'],
      }),
    );
    expect(Datapoints?.[0]).toMatchObject({ SampleCount: 3000, Maximum: 3000 });
    const p90 = Datapoints?.[0]?.ExtendedStatistics?.['p90'] ?? 0;
    expect(Math.abs(p90 - 2700) / 2700).toBeLessThan(0.02);
  });

  test('are listed by namespace, name and dimension, and found again after a restart', async () => {
    await put(1, { Dimensions: dimensions });
    await put(1);
    await close();
    await open();
    const list = async (more: object) => (await client.send(new ListMetricsCommand(more))).Metrics;
    expect(await list({ Namespace: 'Shop' })).toHaveLength(2);
    expect(await list({ Dimensions: [{ Name: 'Till' }] })).toEqual([
      { Namespace: 'Shop', MetricName: 'Errors', Dimensions: dimensions },
    ]);
    expect(await list({ Dimensions: [{ Name: 'Till', Value: '3' }] })).toEqual([]);
    await clock.advance(4 * 60 * minute);
    expect(await list({ RecentlyActive: 'PT3H' })).toEqual([]);
    expect(await list({})).toHaveLength(2);
  });

  test.each([
    ['no value at all', { Value: undefined }, 'MissingRequiredParameterException'],
    ['two forms of value', { Values: [1] }, 'InvalidParameterCombinationException'],
    ['counts that do not fit', { Value: undefined, Values: [1, 2], Counts: [1] }, 'InvalidParameterValueException'],
    ['a time of last month', { Timestamp: new Date(Date.UTC(2026, 9, 1)) }, 'InvalidParameterValueException'],
    ['a dimension twice', { Dimensions: [dimensions[0], dimensions[0]] }, 'InvalidParameterValueException'],
  ])('refuse %s', async (_, more, name) => {
    await expect(put(1, more)).rejects.toMatchObject({ name });
  });

  test('of AWS services come from those alone', async () => {
    const request = new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData: [{ MetricName: 'x', Value: 1 }] });
    await expect(client.send(request)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

describe('alarms', () => {
  test('go off, notify as AWS does, announce it on the bus, and recover', async () => {
    await alarm({
      OKActions: [topicArn],
      Dimensions: [{ Name: 'Till', Value: '2' }],
      TreatMissingData: 'notBreaching',
    });
    expect(await described()).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      AlarmArn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:too-many-errors',
    });
    await put(99);
    await put(4, { Dimensions: [{ Name: 'Till', Value: '2' }] });
    await put(3, { Dimensions: [{ Name: 'Till', Value: '2' }] });
    await clock.advance(minute);
    await settled();
    const reason =
      'Threshold Crossed: 1 out of the last 1 datapoint [7.0 (21/11/26 09:00:00)] was greater than the threshold (5.0) (minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition).';
    expect(await described()).toMatchObject({ StateValue: 'ALARM', StateReason: reason });
    expect(messages()).toEqual([
      {
        Subject: 'ALARM: "too-many-errors" in EU (Ireland)',
        body: {
          AlarmName: 'too-many-errors',
          AlarmDescription: null,
          AWSAccountId: '000000000000',
          AlarmConfigurationUpdatedTimestamp: '2026-11-21T09:00:00.000+0000',
          NewStateValue: 'ALARM',
          NewStateReason: reason,
          StateChangeTime: '2026-11-21T09:01:00.000+0000',
          Region: 'EU (Ireland)',
          AlarmArn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:too-many-errors',
          OldStateValue: 'INSUFFICIENT_DATA',
          OKActions: [topicArn],
          AlarmActions: [topicArn],
          InsufficientDataActions: [],
          Trigger: {
            MetricName: 'Errors',
            Namespace: 'Shop',
            StatisticType: 'Statistic',
            Statistic: 'SUM',
            Unit: null,
            Dimensions: [{ value: '2', name: 'Till' }],
            Period: 60,
            EvaluationPeriods: 1,
            DatapointsToAlarm: 1,
            ComparisonOperator: 'GreaterThanThreshold',
            Threshold: 5,
            TreatMissingData: 'notBreaching',
            EvaluateLowSampleCountPercentile: '',
          },
        },
      },
    ]);
    expect(heard).toMatchObject([{ Source: 'aws.cloudwatch', DetailType: 'CloudWatch Alarm State Change' }]);
    expect(JSON.parse(heard[0]?.Detail ?? '')).toMatchObject({
      alarmName: 'too-many-errors',
      state: { value: 'ALARM', timestamp: '2026-11-21T09:01:00.000+0000' },
      previousState: { value: 'INSUFFICIENT_DATA' },
      configuration: {
        metrics: [
          {
            metricStat: {
              metric: { namespace: 'Shop', name: 'Errors', dimensions: { Till: '2' } },
              period: 60,
              stat: 'Sum',
            },
          },
        ],
      },
    });
    // The last datapoint is looked at while it is in sight; then missing data counts as good.
    await clock.advance(5 * minute);
    await settled();
    expect(await described()).toMatchObject({
      StateValue: 'OK',
      StateReason:
        'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    });
    expect(messages()).toHaveLength(2);
    expect(clock.next()).toBeUndefined();
  });

  /** `-` nothing, `o` within the threshold, `x` breaching: the states after the last of the minutes (user guide, tables of missing data). */
  test.each([
    ['o-x-x', 'OK', 'OK', 'OK', 'OK'],
    ['o----', 'OK', 'OK', 'OK', 'OK'],
    ['oxx-x', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['--x--', 'ALARM', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
    ['-----', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
    ['----x', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  ])('three of three after %s: missing %s, ignore %s, breaching %s, notBreaching %s', async (pattern, ...expected) => {
    const start = clock.now();
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    for (const [index, letter] of pattern.split('').entries())
      if (letter !== '-') await put(letter === 'x' ? 9 : 1, { Timestamp: new Date(start + index * minute) });
    await clock.advance(4 * minute);
    for (const TreatMissingData of treatments)
      await alarm({ AlarmName: TreatMissingData, EvaluationPeriods: 3, TreatMissingData, AlarmActions: [] });
    await clock.advance(minute);
    const states = await Promise.all(treatments.map(async (name) => (await described(name))?.StateValue));
    expect(states).toEqual(expected);
  });

  test('two of three', async () => {
    await alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    expect(await statesAfter(1, 9, 1, 9, 1, 1, 1)).toEqual(['OK', 'OK', 'OK', 'ALARM', 'OK', 'OK', 'OK']);
  });

  test.each([
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ] as const)('%s', async (ComparisonOperator, expected) => {
    await alarm({ ComparisonOperator });
    expect(await statesAfter(4, 5, 6)).toEqual(expected);
  });

  test('on a percentile', async () => {
    await alarm({ Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 50 });
    for (let value = 0; value < 9; value++) await put(1);
    await put(100);
    expect(await statesAfter(undefined)).toEqual(['OK']);
    for (const value of [60, 70, 80]) await put(value);
    expect(await statesAfter(undefined)).toEqual(['ALARM']);
  });

  test('with a period of ten seconds are looked at every ten seconds', async () => {
    await alarm({ Period: 10 });
    await put(9, { StorageResolution: 1 });
    await clock.advance(10_000);
    expect((await described())?.StateValue).toBe('ALARM');
  });

  test('survive a restart with their state, and what was not told yet is told then', async () => {
    await alarm({ TreatMissingData: 'notBreaching' });
    await client.send(
      new TagResourceCommand({ ResourceARN: (await described())?.AlarmArn, Tags: [{ Key: 'a', Value: '1' }] }),
    );
    await put(9);
    await clock.advance(minute);
    await close();
    await open();
    await settled();
    expect(await described()).toMatchObject({ StateValue: 'ALARM', Threshold: 5, AlarmActions: [topicArn] });
    await clock.advance(5 * minute);
    expect((await described())?.StateValue).toBe('OK');
    expect(messages()).toHaveLength(1);
  });

  test('can be set by hand until they are looked at again, and keep their history', async () => {
    await alarm({ TreatMissingData: 'notBreaching' });
    await clock.advance(minute);
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'too-many-errors', StateValue: 'ALARM', StateReason: 'a drill' }),
    );
    await settled();
    expect(await described()).toMatchObject({ StateValue: 'ALARM', StateReason: 'a drill' });
    expect(messages()).toHaveLength(1);
    await clock.advance(minute);
    expect((await described())?.StateValue).toBe('OK');
    const { AlarmHistoryItems } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'too-many-errors', ScanBy: 'TimestampAscending' }),
    );
    expect(AlarmHistoryItems?.map(({ HistoryItemType, HistorySummary }) => [HistoryItemType, HistorySummary])).toEqual([
      ['ConfigurationUpdate', 'Alarm "too-many-errors" created'],
      ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to OK'],
      ['StateUpdate', 'Alarm updated from OK to ALARM'],
      ['Action', `Successfully executed action ${topicArn}`],
      ['StateUpdate', 'Alarm updated from ALARM to OK'],
    ]);
  });

  test('keep quiet while their actions are disabled', async () => {
    await alarm();
    await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['too-many-errors'] }));
    await statesAfter(9);
    expect(messages()).toEqual([]);
    expect(heard).toHaveLength(1);
    await client.send(new EnableAlarmActionsCommand({ AlarmNames: ['too-many-errors'] }));
    expect((await described())?.ActionsEnabled).toBe(true);
  });

  test('whose topic is gone note the failure and go on', async () => {
    await alarm({ AlarmActions: [`${topicArn}-gone`] });
    await statesAfter(9);
    const { AlarmHistoryItems } = await client.send(new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action' }));
    expect(AlarmHistoryItems).toHaveLength(1);
    expect(AlarmHistoryItems?.[0]?.HistorySummary).toMatch(/^Failed to execute action .*Topic does not exist/);
  });

  test('are found by prefix and state, tagged and deleted', async () => {
    await alarm({ Tags: [{ Key: 'team', Value: 'till' }] });
    await alarm({ AlarmName: 'other' });
    await alarm({ Threshold: 6, Tags: [{ Key: 'ignored', Value: 'on update' }] });
    const find = async (more: object) =>
      (await client.send(new DescribeAlarmsCommand(more))).MetricAlarms?.map(({ AlarmName }) => AlarmName);
    expect(await find({ AlarmNamePrefix: 'too' })).toEqual(['too-many-errors']);
    expect(await find({ StateValue: 'ALARM' })).toEqual([]);
    expect(await find({ ActionPrefix: topicArn })).toEqual(['other', 'too-many-errors']);
    const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 1 }));
    expect(await find({ MaxRecords: 1, NextToken: first.NextToken })).toEqual(['too-many-errors']);
    const ResourceARN = (await described())?.AlarmArn;
    await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'b', Value: '2' }] }));
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['nothing', 'b'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([
      { Key: 'team', Value: 'till' },
    ]);
    await expect(client.send(new DeleteAlarmsCommand({ AlarmNames: ['other', 'none'] }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
    expect(await described('other')).toBeDefined();
    await client.send(new DeleteAlarmsCommand({ AlarmNames: ['other', 'too-many-errors'] }));
    expect(await find({})).toEqual([]);
  });

  test.each<[string, Partial<PutMetricAlarmCommandInput>, string]>([
    ['a period of 45 s', { Period: 45 }, 'InvalidParameterValueException'],
    ['two statistics', { ExtendedStatistic: 'p90' }, 'InvalidParameterCombinationException'],
    ['no statistic', { Statistic: undefined }, 'InvalidParameterCombinationException'],
    ['more than a day', { Period: 300, EvaluationPeriods: 300 }, 'InvalidParameterCombinationException'],
    ['4 of 3', { EvaluationPeriods: 3, DatapointsToAlarm: 4 }, 'InvalidParameterValueException'],
    ['an action that is no ARN', { AlarmActions: ['mail me'] }, 'ValidationException'],
    ['an action of EC2', { AlarmActions: ['arn:aws:automate:eu-west-1:ec2:stop'] }, 'NotImplemented'],
    ['a wrong treatment', { TreatMissingData: 'breeching' }, 'ValidationException'],
    ['metric math', { Metrics: [{ Id: 'a', Expression: '1' }] }, 'NotImplemented'],
  ])('refuse %s', async (_, more, name) => {
    await expect(alarm(more)).rejects.toMatchObject({ name });
  });
});

describe('dashboards', () => {
  const DashboardBody = JSON.stringify({ widgets: [{ type: 'text', x: 0, y: 0, properties: { markdown: 'Hello' } }] });

  test('are kept, listed and deleted', async () => {
    await client.send(new PutDashboardCommand({ DashboardName: 'Runs', DashboardBody }));
    expect(await client.send(new GetDashboardCommand({ DashboardName: 'Runs' }))).toMatchObject({
      DashboardBody,
      DashboardArn: 'arn:aws:cloudwatch::000000000000:dashboard/Runs',
    });
    const { DashboardEntries } = await client.send(new ListDashboardsCommand({ DashboardNamePrefix: 'R' }));
    expect(DashboardEntries).toMatchObject([{ DashboardName: 'Runs', Size: DashboardBody.length }]);
    await client.send(new DeleteDashboardsCommand({ DashboardNames: ['Runs'] }));
    await expect(client.send(new GetDashboardCommand({ DashboardName: 'Runs' }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
  });

  test.each(['not JSON', '{}', '{"widgets":[{"type":"pie"}]}'])('that are none are refused: %s', async (body) => {
    const request = new PutDashboardCommand({ DashboardName: 'Runs', DashboardBody: body });
    await expect(client.send(request)).rejects.toMatchObject({ name: 'DashboardInvalidInputError' });
  });
});

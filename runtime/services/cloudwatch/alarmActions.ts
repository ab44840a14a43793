/** Calling what an alarm names for a change of state: topics get the notification's JSON, functions the event of alarm actions. */
import type { World } from '../../operation.ts';
import { alarmData, alarmEvent, type Alarm, type Pending } from './alarm.ts';
import { offsetTime } from './alarmReason.ts';

/** Names of regions as notifications write them; a region that is not here is written by its code. */
const regionNames: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-2': 'US West (Oregon)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-north-1': 'EU (Stockholm)',
};

const regionOf = ({ region }: World) => regionNames[region] ?? region;

const statistics: Readonly<Record<string, string>> = {
  SampleCount: 'SAMPLE_COUNT',
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
};

const triggerOf = ({ config }: Alarm) => ({
  MetricName: config.MetricName,
  Namespace: config.Namespace,
  ...(config.Statistic !== undefined
    ? { StatisticType: 'Statistic', Statistic: statistics[config.Statistic] }
    : { StatisticType: 'ExtendedStatistic', ExtendedStatistic: config.ExtendedStatistic }),
  Unit: config.Unit ?? null,
  Dimensions: (config.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
  Period: config.Period,
  EvaluationPeriods: config.EvaluationPeriods,
  DatapointsToAlarm: config.DatapointsToAlarm ?? config.EvaluationPeriods,
  ComparisonOperator: config.ComparisonOperator,
  Threshold: config.Threshold,
  TreatMissingData: config.TreatMissingData ?? '',
  EvaluateLowSampleCountPercentile: config.EvaluateLowSampleCountPercentile ?? '',
});

const notification = (world: World, alarm: Alarm, { from, to }: Pending) => ({
  AlarmName: alarm.config.AlarmName,
  AlarmDescription: alarm.config.AlarmDescription ?? null,
  AWSAccountId: world.accountId,
  AlarmConfigurationUpdatedTimestamp: offsetTime(alarm.configured),
  NewStateValue: to.value,
  NewStateReason: to.reason,
  StateChangeTime: offsetTime(to.at),
  Region: regionOf(world),
  AlarmArn: alarm.arn,
  OldStateValue: from.value,
  OKActions: alarm.config.OKActions ?? [],
  AlarmActions: alarm.config.AlarmActions ?? [],
  InsufficientDataActions: alarm.config.InsufficientDataActions ?? [],
  Trigger: triggerOf(alarm),
});

/** A subject holds printable ASCII, under 100 characters. */
const subjectOf = (world: World, { config }: Alarm, { to }: Pending) =>
  `${to.value}: "${config.AlarmName}" in ${regionOf(world)}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 99);

const callers: Readonly<
  Record<string, (world: World, alarm: Alarm, change: Pending, arn: string) => Promise<unknown>>
> = {
  sns: (world, alarm, change, TopicArn) =>
    world.call({ kind: 'service', service: 'cloudwatch.amazonaws.com', arn: alarm.arn }, 'sns', 'Publish', {
      TopicArn,
      Subject: subjectOf(world, alarm, change),
      Message: JSON.stringify(notification(world, alarm, change)),
    }),
  lambda: (world, alarm, change, FunctionName) =>
    world.call(
      { kind: 'service', service: 'lambda.alarms.cloudwatch.amazonaws.com', arn: alarm.arn },
      'lambda',
      'Invoke',
      {
        FunctionName,
        InvocationType: 'Event',
        Payload: Buffer.from(
          JSON.stringify({
            source: 'aws.cloudwatch',
            alarmArn: alarm.arn,
            accountId: world.accountId,
            time: offsetTime(change.to.at),
            region: world.region,
            alarmData: alarmData(alarm, change),
          }),
        ),
      },
    ),
};

/** Services whose ARNs may be actions here. */
export const actionServices = Object.keys(callers);

/** The service an ARN is of. */
export const serviceOfArn = (arn: string): string => arn.split(':')[2] ?? '';

/** Tells the event bus, or calls the action. Rejects when it was not taken. */
export const tell = (world: World, alarm: Alarm, change: Pending): Promise<unknown> =>
  change.action === undefined
    ? world.emit(alarmEvent(alarm, change))
    : callers[serviceOfArn(change.action)]!(world, alarm, change, change.action);

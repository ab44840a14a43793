import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { actionServices, serviceOfArn } from './alarmActions.ts';
import type { Alarm, AlarmConfig } from './alarm.ts';
import { comparisons } from './alarmEvaluation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { failure, notImplemented } from './errors.ts';
import {
  alarmArn,
  alarmName,
  dimensionMap,
  dimensions,
  extendedStatistic,
  metricName,
  namespace,
  statistic,
  tags,
  unit,
} from './grammar.ts';

const operators = Object.keys(comparisons) as (keyof typeof comparisons)[];
const actions = z.array(z.string().min(1).max(1024)).max(5).optional();

/** Metric math, composite and anomaly-detection alarms are no known members. */
export const putMetricAlarmInput = z.strictObject({
  AlarmName: alarmName,
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: z.boolean().optional(),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  MetricName: metricName,
  Namespace: namespace,
  Statistic: statistic.optional(),
  ExtendedStatistic: extendedStatistic.optional(),
  Dimensions: dimensions.optional(),
  Period: z.int().min(1),
  Unit: unit.optional(),
  EvaluationPeriods: z.int().min(1),
  DatapointsToAlarm: z.int().min(1).optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(operators),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).optional(),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).optional(),
  Tags: tags.optional(),
});

const combination = (message: string) => failure('InvalidParameterCombinationException', message);

const dayLong = 86_400;

const check = (config: AlarmConfig) => {
  const { Period, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = config;
  if ((config.Statistic === undefined) === (config.ExtendedStatistic === undefined))
    throw combination('Exactly one of Statistic and ExtendedStatistic must be given.');
  if (![10, 20, 30].includes(Period) && Period % 60 !== 0)
    throw failure(
      'InvalidParameterValueException',
      `Period must be 10, 20, 30 or a multiple of 60 seconds; got ${Period}`,
    );
  const longest = Period >= 3600 ? 7 * dayLong : dayLong;
  if (Period * EvaluationPeriods > longest)
    throw combination(
      `Metrics cannot be checked across more than ${longest / dayLong === 1 ? 'a day' : 'a week'} (EvaluationPeriods * Period must be <= ${longest}).`,
    );
  if (DatapointsToAlarm > EvaluationPeriods)
    throw failure(
      'InvalidParameterValueException',
      `DatapointsToAlarm must be at most EvaluationPeriods, ${EvaluationPeriods}; got ${DatapointsToAlarm}`,
    );
  dimensionMap(config.Dimensions);
  for (const arn of [config.OKActions, config.AlarmActions, config.InsufficientDataActions].flatMap(
    (list) => list ?? [],
  )) {
    if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(arn))
      throw failure('ValidationException', `Invalid arn syntax: ${arn}`);
    if (!actionServices.includes(serviceOfArn(arn)))
      throw notImplemented(`PutMetricAlarm action ${arn}`, `actions here are ARNs of ${actionServices.join(' or ')}`);
  }
};

/** Makes an alarm, or gives the one of this name another configuration; its state stays until it is evaluated. */
export const putMetricAlarm = operation({
  input: putMetricAlarmInput,
  needs: ({ AlarmName, Tags }, { world }) => [
    { action: 'cloudwatch:PutMetricAlarm', resource: alarmArn(world, AlarmName) },
    ...(Tags?.length ? [{ action: 'cloudwatch:TagResource', resource: alarmArn(world, AlarmName) }] : []),
  ],
  async run({ Tags, ...config }, { world, state }: Call<CloudWatch>) {
    check(config);
    const { AlarmName } = config;
    const arn = alarmArn(world, AlarmName);
    const now = world.clock.now();
    const known = state.alarms.get(AlarmName);
    const fresh: Alarm = {
      arn,
      config,
      configured: now,
      state: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', at: now },
      transitioned: now,
      pending: [],
    };
    state.alarms.set(AlarmName, known ? { ...known, config, configured: now } : fresh);
    if (!known && Tags?.length) state.tags.set(arn, Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])));
    state.history.add({
      AlarmName,
      HistoryItemType: 'ConfigurationUpdate',
      HistorySummary: `Alarm "${AlarmName}" ${known ? 'updated' : 'created'}`,
      HistoryData: JSON.stringify({ version: '1.0', type: known ? 'Update' : 'Create' }),
    });
    state.runner.reschedule();
    await world.store.flushed();
    return {};
  },
});

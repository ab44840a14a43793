/** An alarm as it is kept, and as the API, EventBridge and notifications show it. */
import type * as z from 'zod';
import type { ServiceEvent } from '../../operation.ts';
import { offsetTime } from './alarmReason.ts';
import { dimensionMap, type StateValue } from './grammar.ts';
import type { putMetricAlarmInput } from './putMetricAlarm.ts';

export type AlarmConfig = Omit<z.infer<typeof putMetricAlarmInput>, 'Tags'>;

export interface AlarmState {
  value: StateValue;
  reason: string;
  /** JSON text. */
  reasonData?: string;
  /** When it was last said, epoch ms. */
  at: number;
}

/** Something that must still be told of a change: an action by its ARN, or the event bus. */
export interface Pending {
  id: string;
  action?: string;
  from: AlarmState;
  to: AlarmState;
}

/** Table `cloudwatch.alarms`, keyed by name: a change of state and whom to tell of it are one record. */
export interface Alarm {
  arn: string;
  config: AlarmConfig;
  /** When it was last configured, epoch ms. */
  configured: number;
  state: AlarmState;
  /** When the value of its state last changed, epoch ms. */
  transitioned: number;
  pending: Pending[];
}

const actionLists = { OK: 'OKActions', ALARM: 'AlarmActions', INSUFFICIENT_DATA: 'InsufficientDataActions' } as const;

/** ARNs to call when the alarm enters a state; none while its actions are disabled. */
export const actionsFor = ({ config }: Alarm, state: StateValue): readonly string[] =>
  config.ActionsEnabled === false ? [] : (config[actionLists[state]] ?? []);

/** The member `MetricAlarms` of DescribeAlarms; times in epoch seconds. */
export const shownAlarm = ({ arn, config, configured, state, transitioned }: Alarm) => ({
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  Dimensions: [],
  ActionsEnabled: true,
  ...config,
  AlarmArn: arn,
  AlarmConfigurationUpdatedTimestamp: configured / 1000,
  StateValue: state.value,
  StateReason: state.reason,
  ...(state.reasonData !== undefined && { StateReasonData: state.reasonData }),
  StateUpdatedTimestamp: state.at / 1000,
  StateTransitionedTimestamp: transitioned / 1000,
});

const shownState = ({ value, reason, reasonData, at }: AlarmState) => ({
  value,
  reason,
  ...(reasonData !== undefined && { reasonData }),
  timestamp: offsetTime(at),
});

/** `state`, `previousState` and `configuration`, as events and functions that are called get them. */
export const alarmData = ({ config, arn }: Alarm, { id, from, to }: Pending) => ({
  alarmName: config.AlarmName,
  state: shownState(to),
  previousState: shownState(from),
  configuration: {
    ...(config.AlarmDescription !== undefined && { description: config.AlarmDescription }),
    metrics: [
      {
        id: id || arn,
        metricStat: {
          metric: {
            namespace: config.Namespace,
            name: config.MetricName,
            dimensions: dimensionMap(config.Dimensions),
          },
          period: config.Period,
          stat: config.Statistic ?? config.ExtendedStatistic,
          ...(config.Unit !== undefined && { unit: config.Unit }),
        },
        returnData: true,
      },
    ],
  },
});

/** "CloudWatch Alarm State Change". */
export const alarmEvent = (alarm: Alarm, change: Pending): ServiceEvent => ({
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  resources: [alarm.arn],
  detail: alarmData(alarm, change),
});

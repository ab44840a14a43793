import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { shownAlarm } from './alarm.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';
import { alarmArn, alarmName, pageOf, state } from './grammar.ts';

/** Alarms by name, prefix, state or action; there are no composite alarms here. */
export const describeAlarms = operation({
  input: z.strictObject({
    AlarmNames: z.array(alarmName).max(100).optional(),
    AlarmNamePrefix: alarmName.optional(),
    AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).optional(),
    StateValue: state.optional(),
    ActionPrefix: z.string().min(1).max(1024).optional(),
    MaxRecords: z.int().min(1).max(100).optional(),
    NextToken: z.string().optional(),
  }),
  needs: ({ AlarmNames = ['*'] }, { world }) =>
    AlarmNames.map((name) => ({ action: 'cloudwatch:DescribeAlarms', resource: alarmArn(world, name) })),
  run(
    { AlarmNames, AlarmNamePrefix = '', AlarmTypes, StateValue, ActionPrefix, MaxRecords, NextToken },
    call: Call<CloudWatch>,
  ) {
    if (AlarmNames && AlarmNamePrefix)
      throw failure('InvalidParameterCombinationException', 'AlarmNames and AlarmNamePrefix cannot be given together.');
    if (AlarmTypes && !AlarmTypes.includes('MetricAlarm')) return { MetricAlarms: [], CompositeAlarms: [] };
    const found = [...call.state.alarms.values()]
      .filter(({ config: { AlarmName } }) =>
        AlarmNames ? AlarmNames.includes(AlarmName) : AlarmName.startsWith(AlarmNamePrefix),
      )
      .filter((alarm) => StateValue === undefined || alarm.state.value === StateValue)
      .map(shownAlarm)
      .filter(
        ({ OKActions, AlarmActions, InsufficientDataActions }) =>
          ActionPrefix === undefined ||
          [...OKActions, ...AlarmActions, ...InsufficientDataActions].some((arn) => arn.startsWith(ActionPrefix)),
      )
      .sort((a, b) => (a.AlarmName < b.AlarmName ? -1 : 1));
    const { page, next } = pageOf(found, NextToken, MaxRecords ?? 50);
    return { MetricAlarms: page, CompositeAlarms: [], ...next };
  },
});

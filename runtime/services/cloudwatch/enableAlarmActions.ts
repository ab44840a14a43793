import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { alarmsNamed, type CloudWatch } from './cloudwatchState.ts';
import { alarmArn, alarmName } from './grammar.ts';

export const enableAlarmActions = operation({
  input: z.strictObject({ AlarmNames: z.array(alarmName).min(1).max(100) }),
  needs: ({ AlarmNames }, { world }) =>
    AlarmNames.map((name) => ({ action: 'cloudwatch:EnableAlarmActions', resource: alarmArn(world, name) })),
  async run({ AlarmNames }, { world, state }: Call<CloudWatch>) {
    for (const alarm of alarmsNamed(state, AlarmNames))
      state.alarms.set(alarm.config.AlarmName, { ...alarm, config: { ...alarm.config, ActionsEnabled: true } });
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { alarmsNamed, type CloudWatch } from './cloudwatchState.ts';
import { alarmArn, alarmName } from './grammar.ts';

/** Deletes all of the alarms, or none when one of them is not there. */
export const deleteAlarms = operation({
  input: z.strictObject({ AlarmNames: z.array(alarmName).min(1).max(100) }),
  needs: ({ AlarmNames }, { world }) =>
    AlarmNames.map((name) => ({ action: 'cloudwatch:DeleteAlarms', resource: alarmArn(world, name) })),
  async run({ AlarmNames }, { world, state }: Call<CloudWatch>) {
    for (const { arn, config } of alarmsNamed(state, AlarmNames)) {
      state.alarms.delete(config.AlarmName);
      state.tags.delete(arn);
    }
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { alarmsNamed, type CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';
import { alarmArn, alarmName, state } from './grammar.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Puts an alarm into a state until it is evaluated next, with all that a change of state entails. */
export const setAlarmState = operation({
  input: z.strictObject({
    AlarmName: alarmName,
    StateValue: state,
    StateReason: z.string().max(1023),
    StateReasonData: z.string().max(4000).optional(),
  }),
  needs: ({ AlarmName }, { world }) => [{ action: 'cloudwatch:SetAlarmState', resource: alarmArn(world, AlarmName) }],
  async run({ AlarmName, StateValue, StateReason, StateReasonData }, { world, state }: Call<CloudWatch>) {
    const [alarm] = alarmsNamed(state, [AlarmName]);
    if (StateReasonData !== undefined && !isJson(StateReasonData))
      throw failure('InvalidFormatFault', 'StateReasonData is not valid JSON.');
    state.runner.change(alarm!, {
      value: StateValue,
      reason: StateReason,
      ...(StateReasonData !== undefined && { reasonData: StateReasonData }),
    });
    state.runner.reschedule();
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { clientToken, name } from './grammar.ts';
import { defaultGroup, groupOf, keyOf, onGroup, type SchedulerState } from './schedules.ts';
import { once } from './tokens.ts';

/** DeleteScheduleGroup with every schedule in it; AWS takes a while in state DELETING, here it is gone at once. */
export const deleteScheduleGroup = operation({
  input: z.strictObject({ Name: name, ClientToken: clientToken }),
  needs: onGroup('DeleteScheduleGroup'),
  run: (input, call: Call<SchedulerState>) =>
    once(call, 'DeleteScheduleGroup', input, async () => {
      const { state, world } = call;
      groupOf(state, input.Name);
      if (input.Name === defaultGroup)
        throw new AwsError('ValidationException', 'Cannot delete the default schedule group.');
      for (const schedule of Array.from(state.schedules.values()))
        if (schedule.GroupName === input.Name) state.schedules.delete(keyOf(schedule));
      state.groups.delete(input.Name);
      await world.store.flushed();
      state.timetable.run();
      return {};
    }),
});

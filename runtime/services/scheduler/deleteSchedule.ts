import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { clientToken, name } from './grammar.ts';
import { keyOf, onSchedule, scheduleOf, type SchedulerState } from './schedules.ts';
import { once } from './tokens.ts';

/** DeleteSchedule: no tick comes any more; a call of the target that is being tried again is. */
export const deleteSchedule = operation({
  input: z.strictObject({ Name: name, GroupName: name.optional(), ClientToken: clientToken }),
  needs: onSchedule('DeleteSchedule'),
  run: (input, call: Call<SchedulerState>) =>
    once(call, 'DeleteSchedule', input, async () => {
      const { state, world } = call;
      scheduleOf(state, input);
      state.schedules.delete(keyOf(input));
      await world.store.flushed();
      state.timetable.run();
      return {};
    }),
});

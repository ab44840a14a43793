import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { name } from './grammar.ts';
import { onSchedule, scheduleOf, type SchedulerState } from './schedules.ts';

/** GetSchedule */
export const getSchedule = operation({
  input: z.strictObject({ Name: name, GroupName: name.optional() }),
  needs: onSchedule('GetSchedule'),
  run(at, { state }: Call<SchedulerState>) {
    const { next: _next, ...schedule } = scheduleOf(state, at);
    return schedule;
  },
});

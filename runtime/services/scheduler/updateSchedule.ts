import { operation, type Call } from '../../operation.ts';
import { checked, keep, passing, recordOf } from './checkSchedule.ts';
import { schedule, type ScheduleInput } from './grammar.ts';
import { onSchedule, scheduleOf, type SchedulerState } from './schedules.ts';
import { once } from './tokens.ts';

/** UpdateSchedule: replaces everything; what is not given goes back to its default. A rate without StartDate begins anew. */
export const updateSchedule = operation<SchedulerState, ScheduleInput, { ScheduleArn: string }>({
  input: schedule,
  needs: (input, call) => [...onSchedule('UpdateSchedule')(input, call), passing(input)],
  run: (input, call: Call<SchedulerState>) =>
    once(call, 'UpdateSchedule', input, async () => {
      await checked(input, call);
      const record = recordOf(input, call, scheduleOf(call.state, input));
      await keep(record, call);
      return { ScheduleArn: record.Arn };
    }),
});

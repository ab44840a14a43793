import { AwsError, operation, type Call } from '../../operation.ts';
import { checked, keep, passing, recordOf } from './checkSchedule.ts';
import { schedule, type ScheduleInput } from './grammar.ts';
import { keyOf, onSchedule, type SchedulerState } from './schedules.ts';
import { once } from './tokens.ts';

/** CreateSchedule; answered when the schedule would survive a crash. */
export const createSchedule = operation<SchedulerState, ScheduleInput, { ScheduleArn: string }>({
  input: schedule,
  needs: (input, call) => [...onSchedule('CreateSchedule')(input, call), passing(input)],
  run: (input, call: Call<SchedulerState>) =>
    once(call, 'CreateSchedule', input, async () => {
      await checked(input, call);
      if (call.state.schedules.has(keyOf(input)))
        throw new AwsError('ConflictException', `Schedule ${input.Name} already exists.`, 409);
      const record = recordOf(input, call);
      await keep(record, call);
      return { ScheduleArn: record.Arn };
    }),
});

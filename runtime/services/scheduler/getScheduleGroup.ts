import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { name } from './grammar.ts';
import { groupOf, onGroup, type SchedulerState } from './schedules.ts';

/** GetScheduleGroup */
export const getScheduleGroup = operation({
  input: z.strictObject({ Name: name }),
  needs: onGroup('GetScheduleGroup'),
  run({ Name }, { state }: Call<SchedulerState>) {
    const { tags: _tags, ...group } = groupOf(state, Name);
    return group;
  },
});

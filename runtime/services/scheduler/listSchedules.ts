import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { maxResults, name, nextToken, scheduleState } from './grammar.ts';
import { groupOf, keyOf, pageOf, type Schedule, type SchedulerState } from './schedules.ts';

const input = z.strictObject({
  GroupName: name.optional(),
  NamePrefix: name.optional(),
  State: scheduleState.optional(),
  NextToken: nextToken,
  MaxResults: maxResults,
});

/** ListSchedules: of one group or of all, by group and name. */
export const listSchedules = operation({
  input,
  needs: () => [{ action: 'scheduler:ListSchedules', resource: '*' }],
  run({ GroupName, NamePrefix = '', State, ...at }, { state }: Call<SchedulerState>) {
    if (GroupName !== undefined) groupOf(state, GroupName);
    const found = Array.from(state.schedules.values()).filter(
      (it) =>
        (GroupName === undefined || it.GroupName === GroupName) &&
        it.Name.startsWith(NamePrefix) &&
        (State === undefined || it.State === State),
    );
    const { page, next } = pageOf(
      found.map((it) => [keyOf(it), it] as const),
      at,
    );
    return { Schedules: page.map(summaryOf), ...next };
  },
});

const summaryOf = ({ Arn, CreationDate, GroupName, LastModificationDate, Name, State, Target }: Schedule) => ({
  Arn,
  CreationDate,
  GroupName,
  LastModificationDate,
  Name,
  State,
  Target: { Arn: Target.Arn },
});

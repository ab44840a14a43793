import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { maxResults, name, nextToken } from './grammar.ts';
import { pageOf, type SchedulerState } from './schedules.ts';

/** ListScheduleGroups, by name. */
export const listScheduleGroups = operation({
  input: z.strictObject({ NamePrefix: name.optional(), NextToken: nextToken, MaxResults: maxResults }),
  needs: () => [{ action: 'scheduler:ListScheduleGroups', resource: '*' }],
  run({ NamePrefix = '', ...at }, { state }: Call<SchedulerState>) {
    const found = Array.from(state.groups.values()).filter(({ Name }) => Name.startsWith(NamePrefix));
    const { page, next } = pageOf(
      found.map((it) => [it.Name, it] as const),
      at,
    );
    return { ScheduleGroups: page.map(({ tags: _tags, ...group }) => group), ...next };
  },
});

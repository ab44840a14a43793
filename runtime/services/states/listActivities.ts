import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { StatesState } from './statesState.ts';

export const listActivities = operation({
  input: z.strictObject(paging),
  needs: () => [{ action: 'states:ListActivities', resource: '*' }],
  run(asked, { world, state }: Call<StatesState>) {
    const { page, ...more } = pageOf([...state.activities.records.values()], 'activities', asked, world.clock.now());
    return {
      activities: page.map(({ arn, name, created }) => ({ activityArn: arn, name, creationDate: seconds(created) })),
      ...more,
    };
  },
});

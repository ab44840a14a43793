import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

/** Tasks that wait for a worker go on waiting; an activity that does not exist is deleted already. */
export const deleteActivity = operation({
  input: z.strictObject({ activityArn: arn }),
  needs: ({ activityArn }) => [{ action: 'states:DeleteActivity', resource: activityArn }],
  async run({ activityArn }, { world, state }: Call<StatesState>) {
    state.activities.records.delete(checkArn(activityArn, 'activity'));
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, checkName } from './names.ts';
import type { StatesState } from './statesState.ts';

/** Waits up to 60 seconds for a task; without one the token is null. A task is given out when ActivityStarted is on disk. */
export const getActivityTask = operation({
  input: z.strictObject({ activityArn: arn, workerName: z.string().min(1).max(80).optional() }),
  needs: ({ activityArn }) => [{ action: 'states:GetActivityTask', resource: activityArn }],
  async run({ activityArn, workerName }, { state }: Call<StatesState>) {
    state.activities.find(activityArn);
    if (workerName !== undefined) checkName(workerName);
    for (;;) {
      const task = await state.activities.take(activityArn);
      if (!task) return { taskToken: null };
      const { executionArn, id, token, input } = task;
      if (!(await state.engine.answer(executionArn, id, { kind: 'begun', workerName }))) continue;
      await state.executions.flushed();
      return { taskToken: token, input: JSON.stringify(input) };
    }
  },
});

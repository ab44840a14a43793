import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { failure } from './parts.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** An execution that has ended stays as it is. */
export const stopExecution = operation({
  input: z.strictObject({ executionArn: arn, ...failure }),
  needs: ({ executionArn }) => [{ action: 'states:StopExecution', resource: executionArn }],
  async run({ executionArn, error, cause }, { world, state }: Call<StatesState>) {
    const summary = findExecution(state, executionArn);
    await state.engine.stop(executionArn, error, cause);
    await state.executions.flushed();
    return { stopDate: seconds(summary.stoppedAt ?? world.clock.now()) };
  },
});

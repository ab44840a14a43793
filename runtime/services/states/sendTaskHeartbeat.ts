import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { ended, taskOf, taskToken, tokenNeeds } from './taskTokens.ts';
import type { StatesState } from './statesState.ts';

/** Writes no event: after a restart the time for the next heartbeat begins anew. */
export const sendTaskHeartbeat = operation({
  input: z.strictObject({ taskToken }),
  needs: (input, call: Call<StatesState>) => tokenNeeds('SendTaskHeartbeat', input.taskToken, call),
  run({ taskToken }, { state }) {
    const { arn, id } = taskOf(state, taskToken);
    if (!state.engine.heartbeat(arn, id)) throw ended();
    return {};
  },
});

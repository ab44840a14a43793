import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { failure } from './parts.ts';
import { ended, taskOf, taskToken, tokenNeeds } from './taskTokens.ts';
import type { StatesState } from './statesState.ts';

export const sendTaskFailure = operation({
  input: z.strictObject({ taskToken, ...failure }),
  needs: (input, call: Call<StatesState>) => tokenNeeds('SendTaskFailure', input.taskToken, call),
  async run({ taskToken, error, cause }, { state }) {
    const { arn, id } = taskOf(state, taskToken);
    if (!(await state.engine.answer(arn, id, { kind: 'failed', error, cause }))) throw ended();
    await state.executions.flushed();
    return {};
  },
});

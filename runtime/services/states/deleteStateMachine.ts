import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

/** Executions under way run to their end; a machine that does not exist is deleted already. */
export const deleteStateMachine = operation({
  input: z.strictObject({ stateMachineArn: arn }),
  needs: ({ stateMachineArn }) => [{ action: 'states:DeleteStateMachine', resource: stateMachineArn }],
  async run({ stateMachineArn }, { world, state }: Call<StatesState>) {
    state.machines.records.delete(checkArn(stateMachineArn, 'stateMachine'));
    await world.store.flushed();
    return {};
  },
});

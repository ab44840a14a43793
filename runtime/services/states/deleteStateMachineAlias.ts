import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { machineOfAlias } from './aliases.ts';
import { arn, checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

/** An alias that does not exist is deleted already. */
export const deleteStateMachineAlias = operation({
  input: z.strictObject({ stateMachineAliasArn: arn }),
  needs: ({ stateMachineAliasArn }) => [
    { action: 'states:DeleteStateMachineAlias', resource: machineOfAlias(stateMachineAliasArn) },
  ],
  async run({ stateMachineAliasArn }, { world, state }: Call<StatesState>) {
    state.machines.aliases.delete(checkArn(stateMachineAliasArn, 'stateMachine'));
    await world.store.flushed();
    return {};
  },
});

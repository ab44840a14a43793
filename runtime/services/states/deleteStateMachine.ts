import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

/** Its versions and aliases go with it. Executions under way run to their end; a machine that does not exist is deleted already. */
export const deleteStateMachine = operation({
  input: z.strictObject({ stateMachineArn: arn }),
  needs: ({ stateMachineArn }) => [{ action: 'states:DeleteStateMachine', resource: stateMachineArn }],
  async run({ stateMachineArn }, { world, state }: Call<StatesState>) {
    const { machines } = state;
    machines.records.delete(checkArn(stateMachineArn, 'stateMachine'));
    for (const { arn: version } of machines.versionsOf(stateMachineArn)) machines.versions.delete(version);
    for (const { arn: alias } of machines.aliasesOf(stateMachineArn)) machines.aliases.delete(alias);
    await world.store.flushed();
    return {};
  },
});

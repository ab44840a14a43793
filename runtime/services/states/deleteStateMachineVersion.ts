import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

/** A version that does not exist is deleted already; one that an alias routes to stays. Its executions run to their end. */
export const deleteStateMachineVersion = operation({
  input: z.strictObject({ stateMachineVersionArn: z.string().min(1).max(2000) }),
  needs: ({ stateMachineVersionArn }) => [
    { action: 'states:DeleteStateMachineVersion', resource: stateMachineVersionArn.replace(/:\d+$/, '') },
  ],
  async run({ stateMachineVersionArn }, { world, state }: Call<StatesState>) {
    const { aliases, versions } = state.machines;
    checkArn(stateMachineVersionArn, 'stateMachine');
    const routing = [...aliases.values()].filter(({ routes }) =>
      routes.some((route) => route.stateMachineVersionArn === stateMachineVersionArn),
    );
    if (routing.length > 0) {
      throw new AwsError(
        'ConflictException',
        `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${routing.map(({ name }) => name).join(', ')}]`,
      );
    }
    versions.delete(stateMachineVersionArn);
    await world.store.flushed();
    return {};
  },
});

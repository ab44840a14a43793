import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { findAlias, machineOfAlias } from './aliases.ts';
import { arn, seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

export const describeStateMachineAlias = operation({
  input: z.strictObject({ stateMachineAliasArn: arn }),
  needs: ({ stateMachineAliasArn }) => [
    { action: 'states:DescribeStateMachineAlias', resource: machineOfAlias(stateMachineAliasArn) },
  ],
  run({ stateMachineAliasArn }, { state }: Call<StatesState>) {
    const { name, description, routes, created, updated } = findAlias(state, stateMachineAliasArn);
    return {
      stateMachineAliasArn,
      name,
      ...(description !== undefined && { description }),
      routingConfiguration: routes,
      creationDate: seconds(created),
      updateDate: seconds(updated),
    };
  },
});

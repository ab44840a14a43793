import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { aliasDescription, checkRoutes, findAlias, machineOfAlias, routingConfiguration } from './aliases.ts';
import { arn, seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

export const updateStateMachineAlias = operation({
  input: z.strictObject({
    stateMachineAliasArn: arn,
    description: aliasDescription.optional(),
    routingConfiguration: routingConfiguration.optional(),
  }),
  needs: ({ stateMachineAliasArn }) => [
    { action: 'states:UpdateStateMachineAlias', resource: machineOfAlias(stateMachineAliasArn) },
  ],
  async run({ stateMachineAliasArn, description, routingConfiguration: routes }, { world, state }: Call<StatesState>) {
    if (description === undefined && routes === undefined) {
      throw new AwsError(
        'MissingRequiredParameter',
        'Either the description or the RoutingConfiguration must be specified',
      );
    }
    const alias = findAlias(state, stateMachineAliasArn);
    if (routes && checkRoutes(state, routes) !== alias.machineArn) {
      throw new AwsError(
        'ValidationException',
        `Routing configuration must contain versions of the alias's state machine ${alias.machineArn}`,
      );
    }
    const updated = world.clock.now();
    state.machines.aliases.set(alias.arn, {
      ...alias,
      ...(description !== undefined && { description }),
      ...(routes && { routes }),
      updated,
    });
    await world.store.flushed();
    return { updateDate: seconds(updated) };
  },
});

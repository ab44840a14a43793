import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { aliasDescription, aliasName, checkRoutes, machineOfAlias, routingConfiguration } from './aliases.ts';
import { seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

const aliasLimit = 100;

/** Idempotent on name, description and routes. */
export const createStateMachineAlias = operation({
  input: z.strictObject({ name: aliasName, description: aliasDescription.optional(), routingConfiguration }),
  needs: ({ routingConfiguration: routes }) => [
    {
      action: 'states:CreateStateMachineAlias',
      resource: machineOfAlias(routes[0]?.stateMachineVersionArn ?? '*'),
    },
  ],
  async run({ name, description, routingConfiguration: routes }, { world, state }: Call<StatesState>) {
    const machineArn = checkRoutes(state, routes);
    const arn = `${machineArn}:${name}`;
    const { aliases } = state.machines;
    const existing = aliases.get(arn);
    if (existing) {
      if (existing.description !== description || !isDeepStrictEqual(existing.routes, routes)) {
        throw new AwsError(
          'ConflictException',
          'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
        );
      }
      return { stateMachineAliasArn: arn, creationDate: seconds(existing.created) };
    }
    if (state.machines.aliasesOf(machineArn).length >= aliasLimit)
      throw new AwsError('ServiceQuotaExceededException', `A state machine can have at most ${aliasLimit} aliases.`);
    const now = world.clock.now();
    aliases.set(arn, {
      arn,
      machineArn,
      name,
      ...(description !== undefined && { description }),
      routes,
      created: now,
      updated: now,
    });
    await world.store.flushed();
    return { stateMachineAliasArn: arn, creationDate: seconds(now) };
  },
});

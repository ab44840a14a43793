import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { checkDefinition } from './checkDefinition.ts';
import { arn, seconds } from './names.ts';
import { passRole } from './parts.ts';
import type { StatesState } from './statesState.ts';

const input = z.strictObject({
  stateMachineArn: arn,
  definition: z.string().min(1).optional(),
  roleArn: z.string().min(1).max(256).optional(),
});

/** Executions under way keep the definition and the role they began with. */
export const updateStateMachine = operation({
  input,
  needs: ({ stateMachineArn, roleArn }) => [
    { action: 'states:UpdateStateMachine', resource: stateMachineArn },
    ...(roleArn === undefined ? [] : [passRole(roleArn)]),
  ],
  async run({ stateMachineArn, definition, roleArn }, { world, state }: Call<StatesState>) {
    const { machines } = state;
    const machine = machines.find(stateMachineArn);
    if (definition === undefined && roleArn === undefined) {
      throw new AwsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    }
    if (definition !== undefined) checkDefinition(definition, machine.type);
    const updated = world.clock.now();
    const revisionId = world.ids.uuid();
    machines.records.set(machine.arn, {
      ...machine,
      ...(roleArn !== undefined && { roleArn }),
      ...(definition !== undefined && { definition: machines.keep(definition) }),
      revisionId,
      updated,
    });
    await world.store.flushed();
    return { updateDate: seconds(updated), revisionId };
  },
});

import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { checkDefinition } from './checkDefinition.ts';
import { checkName, machineArn, seconds } from './names.ts';
import { passRole, tagList, tagRecord } from './parts.ts';
import type { StatesState } from './statesState.ts';

const off = z.strictObject({
  level: z.literal('OFF').optional(),
  includeExecutionData: z.literal(false).optional(),
  destinations: z.array(z.never()).optional(),
});

const input = z.strictObject({
  name: z.string(),
  definition: z.string().min(1),
  roleArn: z.string().min(1).max(256),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
  loggingConfiguration: off.optional(),
  tracingConfiguration: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  tags: tagList.optional(),
  publish: z.literal(false).optional(),
});

/** Idempotent on name, type and the exact text of the definition; role and tags are ignored then, as on AWS. */
export const createStateMachine = operation({
  input,
  needs: ({ name, roleArn }, { world }) => [
    { action: 'states:CreateStateMachine', resource: machineArn(world, name) },
    passRole(roleArn),
  ],
  async run({ name, definition, roleArn, type = 'STANDARD', tags }, { world, state }: Call<StatesState>) {
    checkName(name);
    const arn = machineArn(world, name);
    checkDefinition(definition, type);
    if (type === 'EXPRESS') {
      throw new AwsError(
        'NotImplemented',
        'NotImplemented: CreateStateMachine.type EXPRESS is not supported by this runtime',
        501,
      );
    }
    const { machines } = state;
    const existing = machines.records.get(arn);
    if (existing) {
      const same = machines.textOf(existing.definition) === definition;
      if (!same) throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
      return { stateMachineArn: arn, creationDate: seconds(existing.created) };
    }
    const now = world.clock.now();
    machines.records.set(arn, {
      arn,
      name,
      roleArn,
      type,
      definition: machines.keep(definition),
      created: now,
      updated: now,
      tags: tagRecord(tags),
    });
    await world.store.flushed();
    return { stateMachineArn: arn, creationDate: seconds(now) };
  },
});

import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { checkDefinition } from './checkDefinition.ts';
import { checkEncryption, encryption, logging, loggingOf, tracing } from './configuration.ts';
import type { MachineRecord } from './machines.ts';
import { checkName, machineArn, seconds } from './names.ts';
import { checkVersionDescription, passRole, tagList, tagRecord, versionDescription } from './parts.ts';
import type { StatesState } from './statesState.ts';
import { publishVersion } from './versions.ts';

const input = z.strictObject({
  name: z.string(),
  definition: z.string().min(1).max(1_048_576),
  roleArn: z.string().min(1).max(256),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
  loggingConfiguration: logging.optional(),
  tracingConfiguration: tracing.optional(),
  encryptionConfiguration: encryption.optional(),
  tags: tagList.optional(),
  publish: z.boolean().optional(),
  versionDescription: versionDescription.optional(),
});

/** What idempotency looks at, besides name and definition: roles and tags are ignored, as on AWS. */
const settingsOf = ({ type, logging: kept, traced = false, createdWith }: MachineRecord) => ({
  type,
  logging: kept ?? loggingOf(),
  traced,
  publish: createdWith?.publish ?? false,
  description: createdWith?.versionDescription,
});

/** Idempotent on everything that is not a role or a tag; the definition's text counts, not what it says. */
export const createStateMachine = operation({
  input,
  needs: ({ name, roleArn, publish }, { world }) => [
    { action: 'states:CreateStateMachine', resource: machineArn(world, name) },
    ...(publish ? [{ action: 'states:PublishStateMachineVersion', resource: machineArn(world, name) }] : []),
    passRole(roleArn),
  ],
  async run(given, call: Call<StatesState>) {
    const { world, state } = call;
    const { name, definition, roleArn, type = 'STANDARD', publish = false } = given;
    checkVersionDescription(given);
    checkName(name);
    const arn = machineArn(world, name);
    const logs = loggingOf(given.loggingConfiguration);
    checkEncryption(given.encryptionConfiguration);
    checkDefinition(definition, type);
    const { machines } = state;
    const now = world.clock.now();
    const machine: MachineRecord = {
      arn,
      name,
      roleArn,
      type,
      definition: machines.keep(definition),
      ...(given.loggingConfiguration && { logging: logs }),
      ...(given.tracingConfiguration?.enabled && { traced: true }),
      created: now,
      updated: now,
      tags: tagRecord(given.tags),
      ...(publish && { createdWith: { publish, versionDescription: given.versionDescription } }),
    };
    const existing = machines.records.get(arn);
    if (existing) {
      const same =
        existing.definition === machine.definition && isDeepStrictEqual(settingsOf(existing), settingsOf(machine));
      if (!same) throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    } else machines.records.set(arn, machine);
    const kept = existing ?? machine;
    const version = publish ? publishVersion(call, kept, given.versionDescription) : undefined;
    await world.store.flushed();
    return {
      stateMachineArn: arn,
      creationDate: seconds(kept.created),
      ...(version && { stateMachineVersionArn: version.arn }),
    };
  },
});

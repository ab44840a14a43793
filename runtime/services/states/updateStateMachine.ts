import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { checkDefinition } from './checkDefinition.ts';
import { checkEncryption, encryption, logging, loggingOf, tracing } from './configuration.ts';
import type { MachineRecord } from './machines.ts';
import { arn, seconds } from './names.ts';
import { checkVersionDescription, passRole, versionDescription } from './parts.ts';
import type { StatesState } from './statesState.ts';
import { publishVersion } from './versions.ts';

const input = z.strictObject({
  stateMachineArn: arn,
  definition: z.string().min(1).max(1_048_576).optional(),
  roleArn: z.string().min(1).max(256).optional(),
  loggingConfiguration: logging.optional(),
  tracingConfiguration: tracing.optional(),
  encryptionConfiguration: encryption.optional(),
  publish: z.boolean().optional(),
  versionDescription: versionDescription.optional(),
});

const revised = ({ roleArn, definition, logging: kept, traced = false }: MachineRecord) => ({
  roleArn,
  definition,
  logging: kept ?? loggingOf(),
  traced,
});

/** Executions under way keep what they began with; an update that changes nothing makes no new revision. */
export const updateStateMachine = operation({
  input,
  needs: ({ stateMachineArn, roleArn, publish }) => [
    { action: 'states:UpdateStateMachine', resource: stateMachineArn },
    ...(publish ? [{ action: 'states:PublishStateMachineVersion', resource: stateMachineArn }] : []),
    ...(roleArn === undefined ? [] : [passRole(roleArn)]),
  ],
  async run(given, call: Call<StatesState>) {
    const { world, state } = call;
    const { definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = given;
    checkVersionDescription(given);
    const { machines } = state;
    const machine = machines.find(given.stateMachineArn);
    const told = [definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration];
    if (told.every((it) => it === undefined)) {
      throw new AwsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    }
    if (definition !== undefined) checkDefinition(definition, machine.type);
    checkEncryption(encryptionConfiguration);
    const { traced, ...before } = machine;
    const tracesNow = tracingConfiguration?.enabled ?? traced;
    const next: MachineRecord = {
      ...before,
      ...(roleArn !== undefined && { roleArn }),
      ...(definition !== undefined && { definition: machines.keep(definition) }),
      ...(loggingConfiguration && { logging: loggingOf(loggingConfiguration) }),
      ...(tracesNow && { traced: true }),
    };
    const changed = !isDeepStrictEqual(revised(next), revised(machine));
    const kept = changed ? { ...next, revisionId: world.ids.uuid(), updated: world.clock.now() } : machine;
    if (changed) machines.records.set(machine.arn, kept);
    const version = given.publish ? publishVersion(call, kept, given.versionDescription) : undefined;
    await world.store.flushed();
    return {
      updateDate: seconds(changed ? kept.updated : world.clock.now()),
      ...(kept.revisionId !== undefined && { revisionId: kept.revisionId }),
      ...(version && { stateMachineVersionArn: version.arn }),
    };
  },
});

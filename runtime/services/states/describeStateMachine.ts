import * as z from 'zod';
import { variableReferences } from '../../asl/variableReferences.ts';
import { operation, type Call } from '../../operation.ts';
import { loggingOf } from './configuration.ts';
import { noMachine, type Machines, type Revision } from './machines.ts';
import { arn, seconds } from './names.ts';
import { initialRevision, targetOf } from './versions.ts';
import type { StatesState } from './statesState.ts';

/** What a revision says, for the operations that describe one. */
export const describedRevision = (
  machines: Machines,
  { definition, roleArn, revisionId, logging, traced = false }: Revision,
  includedData: 'ALL_DATA' | 'METADATA_ONLY' | undefined,
) => {
  const withData = includedData !== 'METADATA_ONLY';
  const references = withData ? variableReferences(machines.machineOf(definition)) : {};
  return {
    ...(withData && { definition: machines.textOf(definition) }),
    roleArn,
    ...(revisionId !== undefined && revisionId !== initialRevision && { revisionId }),
    ...(Object.keys(references).length > 0 && { variableReferences: references }),
    loggingConfiguration: logging ?? loggingOf(),
    tracingConfiguration: { enabled: traced },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' as const },
  };
};

/** Of a machine or one of its versions. */
export const describeStateMachine = operation({
  input: z.strictObject({ stateMachineArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
  needs: ({ stateMachineArn }) => [{ action: 'states:DescribeStateMachine', resource: stateMachineArn }],
  run({ stateMachineArn, includedData }, { state }: Call<StatesState>) {
    const { machine, revision, aliasArn } = targetOf(state, stateMachineArn, () => 0);
    if (aliasArn !== undefined) throw noMachine(stateMachineArn);
    const version = state.machines.versions.get(stateMachineArn);
    return {
      stateMachineArn,
      name: machine.name,
      status: 'ACTIVE',
      type: machine.type,
      creationDate: seconds((version ?? machine).created),
      ...(version?.description !== undefined && { description: version.description }),
      ...describedRevision(state.machines, revision, includedData),
    };
  },
});

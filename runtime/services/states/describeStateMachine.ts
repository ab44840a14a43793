import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

/** What every machine of this runtime has. */
export const fixedSettings = {
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
  encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
} as const;

export const describeStateMachine = operation({
  input: z.strictObject({ stateMachineArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
  needs: ({ stateMachineArn }) => [{ action: 'states:DescribeStateMachine', resource: stateMachineArn }],
  run({ stateMachineArn, includedData }, { state }: Call<StatesState>) {
    const machine = state.machines.find(stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      ...(includedData !== 'METADATA_ONLY' && { definition: state.machines.textOf(machine.definition) }),
      roleArn: machine.roleArn,
      type: machine.type,
      creationDate: seconds(machine.created),
      ...(machine.revisionId !== undefined && { revisionId: machine.revisionId }),
      ...fixedSettings,
    };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { fixedSettings } from './describeStateMachine.ts';
import { arn, seconds } from './names.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** The definition and role an execution runs with, whatever its machine has become since. */
export const describeStateMachineForExecution = operation({
  input: z.strictObject({ executionArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
  needs: ({ executionArn }) => [{ action: 'states:DescribeStateMachineForExecution', resource: executionArn }],
  run({ executionArn, includedData }, { state }: Call<StatesState>) {
    const { identity, definition, startedAt } = findExecution(state, executionArn);
    const machine = state.machines.records.get(identity.machineArn);
    return {
      stateMachineArn: identity.machineArn,
      name: identity.machineName,
      ...(includedData !== 'METADATA_ONLY' && { definition: state.machines.textOf(definition) }),
      roleArn: identity.roleArn,
      updateDate: seconds(machine?.definition === definition ? machine.updated : startedAt),
      ...(machine?.definition === definition && machine.revisionId !== undefined && { revisionId: machine.revisionId }),
      ...fixedSettings,
    };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { describedRevision } from './describeStateMachine.ts';
import { arn, seconds } from './names.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** The definition and role an execution runs with, whatever its machine has become since. */
export const describeStateMachineForExecution = operation({
  input: z.strictObject({ executionArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
  needs: ({ executionArn }) => [{ action: 'states:DescribeStateMachineForExecution', resource: executionArn }],
  run({ executionArn, includedData }, { state }: Call<StatesState>) {
    const { identity, definition, startedAt, origin } = findExecution(state, executionArn);
    const { roleArn } = identity;
    const { updated, logging, traced, revisionId } = origin ?? {};
    return {
      stateMachineArn: identity.machineArn,
      name: identity.machineName,
      updateDate: seconds(updated ?? startedAt),
      ...describedRevision(
        state.machines,
        {
          definition,
          roleArn,
          ...(revisionId !== undefined && { revisionId }),
          ...(logging && { logging }),
          ...(traced && { traced }),
        },
        includedData,
      ),
    };
  },
});

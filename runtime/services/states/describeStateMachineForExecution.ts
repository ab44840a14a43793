import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { describedRevision } from './describeStateMachine.ts';
import { executedBy } from './mapRunChildren.ts';
import { arn, seconds } from './names.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** The definition and role an execution runs with, whatever its machine has become since. */
export const describeStateMachineForExecution = operation({
  input: z.strictObject({ executionArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
  needs: ({ executionArn }) => [{ action: 'states:DescribeStateMachineForExecution', resource: executionArn }],
  run({ executionArn, includedData }, { state }: Call<StatesState>) {
    const { identity, definition, startedAt, origin, mapRun } = findExecution(state, executionArn);
    const { roleArn } = identity;
    // A child of a map run knows the states inside the Map, nothing around it.
    const { queryLanguage, root } = executedBy(state.machines, { definition, mapRun });
    const inside = JSON.stringify({ QueryLanguage: queryLanguage, StartAt: root.startAt, States: root.states });
    const { updated, logging, traced, revisionId } = origin ?? {};
    return {
      stateMachineArn: identity.machineArn,
      name: identity.machineName,
      ...(mapRun && { mapRunArn: mapRun.arn, label: mapRun.label }),
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
      ...(mapRun && includedData !== 'METADATA_ONLY' && { definition: inside }),
    };
  },
});

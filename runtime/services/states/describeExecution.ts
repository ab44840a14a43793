import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { describedExecution } from './describedExecution.ts';
import { arn, seconds } from './names.ts';
import { redrivesOf, statusOf } from './redrives.ts';
import { findExecution, type StatesState } from './statesState.ts';

export const describeExecution = operation({
  input: z.strictObject({ executionArn: arn, includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() }),
  needs: ({ executionArn }) => [{ action: 'states:DescribeExecution', resource: executionArn }],
  async run({ executionArn, includedData }, { world, state }: Call<StatesState>) {
    const summary = findExecution(state, executionArn, 'described');
    const { input, output, error, cause } = await describedExecution(state.executions, summary);
    const { identity, startedAt, stoppedAt, origin, mapRun } = summary;
    const included = includedData !== 'METADATA_ONLY';
    return {
      executionArn,
      stateMachineArn: identity.machineArn,
      ...(origin?.versionArn !== undefined && { stateMachineVersionArn: origin.versionArn }),
      ...(origin?.aliasArn !== undefined && { stateMachineAliasArn: origin.aliasArn }),
      name: identity.name,
      status: statusOf(state, summary),
      startDate: seconds(startedAt),
      ...(stoppedAt !== undefined && { stopDate: seconds(stoppedAt) }),
      ...(mapRun && { mapRunArn: mapRun.arn }),
      ...(included && { input }),
      inputDetails: { included },
      ...(output !== undefined && { ...(included && { output }), outputDetails: { included } }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
      ...redrivesOf(summary, world.clock.now()),
    };
  },
});

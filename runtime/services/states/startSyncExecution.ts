import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { executionInput } from './executionInput.ts';
import { arn, checkName, seconds } from './names.ts';
import type { StatesState } from './statesState.ts';
import { targetOf } from './versions.ts';

const input = z.strictObject({
  stateMachineArn: arn,
  name: z.string().optional(),
  input: z.string().optional(),
  // Accepted and handed back, as on AWS where X-Ray is off.
  traceHeader: z.string().max(256).optional(),
  includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional(),
});

/** AWS bills memory in steps of 64 MB and time in steps of 100 ms. */
const billedMemory = 64;
const billedStep = 100;

/** Throws StateMachineTypeNotSupported. */
export const typeNotSupported = () =>
  new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');

/** Answers when the execution has ended, however it ended. */
export const startSyncExecution = operation({
  input,
  needs: ({ stateMachineArn }) => [{ action: 'states:StartSyncExecution', resource: stateMachineArn }],
  async run(
    { stateMachineArn, name: asked, input: text = '{}', traceHeader, includedData },
    { world, state }: Call<StatesState>,
  ) {
    const { machine, revision } = targetOf(state, stateMachineArn, () => world.ids.random());
    if (machine.type !== 'EXPRESS') throw typeNotSupported();
    const given = executionInput(text);
    const name = asked === undefined ? world.ids.uuid() : checkName(asked);
    const ended = await state.express.run(machine, revision, name, given);
    const { identity, status, startedAt, stoppedAt = startedAt, output, error, cause } = ended;
    const included = includedData !== 'METADATA_ONLY';
    const shownError = status === 'TIMED_OUT' ? 'States.Timeout' : error;
    return {
      executionArn: identity.arn,
      stateMachineArn: machine.arn,
      name,
      startDate: seconds(startedAt),
      stopDate: seconds(stoppedAt),
      status,
      ...(shownError !== undefined && { error: shownError }),
      ...(cause !== undefined && { cause }),
      ...(included && { input: text }),
      inputDetails: { included },
      ...(output !== undefined && {
        ...(included && { output: JSON.stringify(output) }),
        outputDetails: { included },
      }),
      ...(traceHeader !== undefined && { traceHeader }),
      billingDetails: {
        billedMemoryUsedInMB: billedMemory,
        billedDurationInMilliseconds: Math.max(1, Math.ceil((stoppedAt - startedAt) / billedStep)) * billedStep,
      },
    };
  },
});

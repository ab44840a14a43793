import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { redrivableOf } from './redrives.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** The last so many client tokens are known again for so long (ms). */
const tokensKept = 10;
const tokenLife = 15 * 60_000;

/** Goes on with a failed execution where it failed, with the definition and the input it had. */
export const redriveExecution = operation({
  input: z.strictObject({ executionArn: arn, clientToken: z.string().min(1).max(64).optional() }),
  needs: ({ executionArn }) => [{ action: 'states:RedriveExecution', resource: executionArn }],
  async run({ executionArn, clientToken }, { world, state }: Call<StatesState>) {
    const { executions, engine, machines, starting } = state;
    await starting.get(executionArn);
    const summary = findExecution(state, executionArn);
    const now = world.clock.now();
    const known = summary.redrives
      .slice(-tokensKept)
      .find(({ at, token }) => token !== undefined && token === clientToken && now - at <= tokenLife);
    if (known) return { redriveDate: seconds(known.at) };
    const { redriveStatusReason } = redrivableOf(summary, now);
    if (summary.mapRun)
      throw new AwsError(
        'ExecutionNotRedrivable',
        'Execution is a child workflow of a Map Run and can only be redriven by it',
      );
    if (redriveStatusReason !== undefined) throw new AwsError('ExecutionNotRedrivable', redriveStatusReason);
    const { identity, definition } = summary;
    const entries = executions.entries(executionArn);
    const redriven = engine.redrive(machines.machineOf(definition), identity, entries, clientToken);
    starting.set(executionArn, redriven);
    await redriven.finally(() => starting.delete(executionArn));
    await executions.flushed();
    state.tell(summary);
    return { redriveDate: seconds(findExecution(state, executionArn).redrives.at(-1)?.at ?? now) };
  },
});

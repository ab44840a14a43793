/** POST /runs/{id}/stop: aborts the execution; runEnded hears it and stops the jobs. A run that waits never begins. */
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { executionArn } from '../../spec/names.ts';
import { isPending } from '../../spec/run.ts';
import { isAws } from '../lib/awsErrors.ts';
import { sfn } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { leaveQueue } from '../lib/ledger/runs.ts';
import { runOfPath } from '../lib/runOfPath.ts';

export const handler = defineRoute(async (event) => {
  const { runId, outcome } = await runOfPath(event);
  const summary = 'Stopped on request while it waited.';
  // What it leaves in the queue is thrown away when its turn comes.
  if (outcome === 'QUEUED' && (await leaveQueue(runId, { outcome: 'STOPPED', summary })))
    return { status: 202, body: { runId, stopping: true } };
  if (!isPending(outcome)) throw new Conflict(`The run ${runId} has ended already: ${outcome}.`);
  try {
    await sfn().send(
      new StopExecutionCommand({
        executionArn: executionArn(environment('TRAIN_MACHINE_ARN'), runId),
        error: 'RunStopped',
        cause: 'Stopped on request.',
      }),
    );
  } catch (error) {
    if (isAws(error, ['ExecutionDoesNotExist'])) throw new Conflict(`The run ${runId} has not started yet.`);
    throw error;
  }
  return { status: 202, body: { runId, stopping: true } };
});

/** POST /runs/{id}/stop: aborts the execution; runEnded hears it and stops the jobs. */
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { executionArn } from '../../spec/names.ts';
import { isAws } from '../lib/awsErrors.ts';
import { sfn } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { runOfPath } from '../lib/runOfPath.ts';

export const handler = defineRoute(async (event) => {
  const { runId, outcome } = await runOfPath(event);
  if (outcome !== 'RUNNING') throw new Conflict(`The run ${runId} has ended already: ${outcome}.`);
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

/** POST /runs/{id}/stop: aborts the execution; runEnded hears it and stops the jobs. A run that waits never begins. */
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { isPending, runId } from '../../spec/run.ts';
import { isAws } from '../lib/awsErrors.ts';
import { sfn } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { leaveQueue } from '../lib/ledger/runs.ts';
import { runExecution } from '../lib/runExecution.ts';
import { runOfPath, runParams } from '../lib/runOfPath.ts';

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/runs/{id}/stop',
    summary: 'Ends a run and the jobs that it has started',
    params: runParams,
    answers: { 202: z.strictObject({ runId, stopping: z.boolean() }) },
    problems: [404, 409],
  },
  async ({ params }) => {
    const run = await runOfPath(params);
    const { runId, outcome } = run;
    const summary = 'Stopped on request while it waited.';
    // What it leaves in the queue is thrown away when its turn comes.
    if (outcome === 'QUEUED' && (await leaveQueue(runId, { outcome: 'STOPPED', summary })))
      return { status: 202, body: { runId, stopping: true } };
    if (!isPending(outcome)) throw new Conflict(`The run ${runId} has ended already: ${outcome}.`);
    try {
      await sfn().send(
        new StopExecutionCommand({
          executionArn: runExecution(run),
          error: 'RunStopped',
          cause: 'Stopped on request.',
        }),
      );
    } catch (error) {
      if (isAws(error, ['ExecutionDoesNotExist'])) throw new Conflict(`The run ${runId} has not started yet.`);
      throw error;
    }
    return { status: 202, body: { runId, stopping: true } };
  },
);

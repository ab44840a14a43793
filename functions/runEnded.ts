/**
 * Hears that a run's execution ended, however it ended. Stops what still runs, takes a half-done deployment back, gives
 * the lock back, records the outcome and begins the next run: names are computed, so that nothing has to be remembered for it.
 */
import { StopTrainingJobCommand, StopTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import {
  batchJobName,
  candidateExecutionName,
  deployExecutionName,
  executionArn,
  keys,
  pipelineOf,
  rollbackExecutionName,
  trainingJobName,
  transformJobName,
  type CandidateId,
} from '../spec/names.ts';
import { planSchema, runId, type Outcome } from '../spec/run.ts';
import { announce } from './lib/announce.ts';
import { abandonApproval } from './lib/approval.ts';
import { isAws } from './lib/awsErrors.ts';
import { readText } from './lib/bucket.ts';
import { sagemaker, sfn } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { lockHolder, unlock } from './lib/ledger/lock.ts';
import { release } from './lib/ledger/queue.ts';
import { markEnding } from './lib/ledger/runs.ts';
import { candidatesOf } from './lib/run.ts';
import { startNext } from './lib/startNext.ts';

const outcomeOf: Readonly<Record<string, Outcome>> = { FAILED: 'FAILED', ABORTED: 'STOPPED', TIMED_OUT: 'TIMED_OUT' };

export const handler = define({
  input: z.object({
    source: z.literal('aws.states'),
    detail: z.object({
      name: runId,
      status: z.string(),
      error: z.string().nullish(),
      cause: z.string().nullish(),
    }),
  }),
  async run({ detail }, { awsRequestId }) {
    const pipeline = pipelineOf(detail.name);
    try {
      await clearAway(pipeline, detail, awsRequestId);
    } finally {
      // Whatever went wrong with this one is tried again; the others need not wait for it.
      await release(pipeline, detail.name);
      await startNext(pipeline);
    }
    return { runId: detail.name, status: detail.status };
  },
});

interface Ended {
  name: string;
  status: string;
  error?: string | null | undefined;
  cause?: string | null | undefined;
}

const clearAway = async (pipeline: string, { name, status, error, cause }: Ended, attempt: string) => {
  const outcome = outcomeOf[status];
  if (!outcome) {
    await unlock(pipeline, name);
    return;
  }
  await markEnding(name);
  const faults = await stopEverything(name);
  // Only a run that ended amid its deployment still holds the lock: its endpoint is to go back to the champion.
  if ((await lockHolder(pipeline)) === name) await startRollback(name);
  await unlock(pipeline, name);
  await abandonApproval(name).catch((fault: unknown) => faults.push(fault));
  const summary = [error, cause].filter(Boolean).join(': ') || `The execution ended as ${status}.`;
  // An asynchronous invocation that is tried again keeps its request id.
  await announce({ runId: name, pipeline, outcome, summary: summary.slice(0, 8192) }, attempt);
  // Told last, so that one job that cannot be stopped keeps neither the lock nor the message.
  if (faults.length > 0) throw faults[0];
};

/** Stops executions first, so that none of them submits another job behind our back. Returns what went wrong. */
const stopEverything = async (id: string): Promise<unknown[]> => {
  const contenders = await contendersOf(id);
  const of = (machine: string, name: string) => executionArn(`${environment('MACHINE_PREFIX')}${machine}`, name);
  const executions = [
    ...contenders.map((candidate) => of('candidate', candidateExecutionName(id, candidate))),
    of('deployEndpoint', deployExecutionName(id)),
    of('deployBatch', deployExecutionName(id)),
  ];
  const stopped = { error: 'RunEnded', cause: `The run ${id} has ended.` };
  const stops = [
    ...executions.map((arn) => () => sfn().send(new StopExecutionCommand({ executionArn: arn, ...stopped }))),
    ...contenders.flatMap((candidate) => [
      () => sagemaker().send(new StopTrainingJobCommand({ TrainingJobName: trainingJobName(id, candidate) })),
      () => sagemaker().send(new StopTransformJobCommand({ TransformJobName: transformJobName(id, candidate) })),
    ]),
    () => sagemaker().send(new StopTransformJobCommand({ TransformJobName: batchJobName(id) })),
  ];
  const faults: unknown[] = [];
  for (const stop of stops) await unlessGone(stop).catch((fault: unknown) => faults.push(fault));
  return faults;
};

const startRollback = async (id: string) => {
  const input = { action: 'rollback', runId: id };
  try {
    await sfn().send(
      new StartExecutionCommand({
        stateMachineArn: `${environment('MACHINE_PREFIX')}deployEndpoint`,
        name: rollbackExecutionName(id),
        input: JSON.stringify(input),
      }),
    );
  } catch (error) {
    if (!isAws(error, ['ExecutionAlreadyExists'])) throw error;
  }
};

/** A run that ended before its plan was written has started nothing. */
const contendersOf = async (id: string): Promise<CandidateId[]> => {
  const found = await readText(keys.plan(id));
  return found ? [...candidatesOf(planSchema.parse(JSON.parse(found.text))), 'champion'] : [];
};

/** What never started or has ended already needs no stop. */
const unlessGone = async (stop: () => Promise<unknown>) => {
  try {
    await stop();
  } catch (error) {
    const gone =
      isAws(error, ['ExecutionDoesNotExist', 'ResourceNotFound']) ||
      isAws(error, ['ValidationException'], /not found|could not find|in status|status/i);
    if (!gone) throw error;
  }
};

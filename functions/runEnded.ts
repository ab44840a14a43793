/**
 * Hears that a run's execution ended, however it ended. Stops what still runs, takes a half-done deployment back, gives
 * the lock back, records the outcome and begins the next run: names are computed, so that nothing has to be remembered for it.
 */
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
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
import { readText } from './lib/bucket.ts';
import { sfn } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { startOnce } from './lib/executions.ts';
import { lockHolder, unlock } from './lib/ledger/lock.ts';
import { release } from './lib/ledger/queue.ts';
import { markCleared, markEnding } from './lib/ledger/runs.ts';
import { candidatesOf } from './lib/run.ts';
import { startNext } from './lib/startNext.ts';
import { stopJob, unlessGone, type JobKind } from './lib/stopJob.ts';

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
    await markCleared(detail.name);
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
  // The lock is given back by whoever goes back to the champion, if that could be asked for.
  await giveBack(pipeline, name).catch((fault: unknown) => faults.push(fault));
  await abandonApproval(name).catch((fault: unknown) => faults.push(fault));
  const summary = [error, cause].filter(Boolean).join(': ') || `The execution ended as ${status}.`;
  // An asynchronous invocation that is tried again keeps its request id.
  await announce({ runId: name, pipeline, outcome, summary: summary.slice(0, 8192) }, attempt);
  // Told last, so that one job that cannot be stopped keeps neither the lock nor the message; what is left is tried again.
  if (faults.length > 0) throw faults[0];
};

/** Only a run that ended amid its deployment still holds the lock: its endpoint is to go back to the champion. */
const giveBack = async (pipeline: string, id: string) => {
  if ((await lockHolder(pipeline)) === id) await startRollback(id);
  await unlock(pipeline, id);
};

/** Stops executions first, so that none of them submits another job behind our back. Returns what went wrong. */
const stopEverything = async (id: string): Promise<unknown[]> => {
  const faults: unknown[] = [];
  const contenders = await contendersOf(id).catch((fault: unknown) => {
    faults.push(fault);
    return [];
  });
  const of = (machine: string, name: string) => executionArn(`${environment('MACHINE_PREFIX')}${machine}`, name);
  const executions = [
    ...contenders.map((candidate) => of('candidate', candidateExecutionName(id, candidate))),
    of('deployEndpoint', deployExecutionName(id)),
    of('deployBatch', deployExecutionName(id)),
  ];
  const stopped = { error: 'RunEnded', cause: `The run ${id} has ended.` };
  const jobs = [
    ...contenders.flatMap((candidate): [JobKind, string][] => [
      ['training', trainingJobName(id, candidate)],
      ['transform', transformJobName(id, candidate)],
    ]),
    ['transform', batchJobName(id)] as const,
  ];
  const stopExecution = (arn: string) => sfn().send(new StopExecutionCommand({ executionArn: arn, ...stopped }));
  for (const stops of [
    executions.map((arn) => () => unlessGone(() => stopExecution(arn))),
    jobs.map(
      ([kind, name]) =>
        () =>
          stopJob(kind, name),
    ),
  ])
    faults.push(...(await allOf(stops)));
  return faults;
};

const atOnce = 8;

/** Does them all, some at a time, and returns what went wrong. */
const allOf = async (works: readonly (() => Promise<unknown>)[]): Promise<unknown[]> => {
  const left = [...works];
  const faults: unknown[] = [];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await next().catch((fault: unknown) => faults.push(fault));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return faults;
};

/** Seconds after which no function that was under way when the run ended can still live. */
const linger = 90;

const startRollback = (id: string) =>
  startOnce(`${environment('MACHINE_PREFIX')}deployEndpoint`, rollbackExecutionName(id), {
    action: 'rollback',
    runId: id,
    linger,
  });

/** A run that ended before its plan was written has started nothing. */
const contendersOf = async (id: string): Promise<CandidateId[]> => {
  const found = await readText(keys.plan(id));
  return found ? [...candidatesOf(planSchema.parse(JSON.parse(found.text))), 'champion'] : [];
};

/**
 * Hears that a run's execution ended, however it ended. Stops what still runs, takes a half-done deployment back, gives
 * the lock back, records the outcome and begins the next run: names are computed, so that nothing has to be remembered for it.
 * A run that goes on in a redrive was cleared away before (resume.ts): an end that is heard again by then changes nothing of it,
 * because all that is written and held here is of one redrive.
 */
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import {
  attemptOf,
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
import { getRun, markCleared, markEnding } from './lib/ledger/runs.ts';
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
      /** How often it had been redriven when it ended. */
      redriveCount: z.int().min(0).nullish(),
    }),
  }),
  async run({ detail }, { awsRequestId }) {
    const { name, status, redriveCount } = detail;
    const pipeline = pipelineOf(name);
    const redrives = await redrivesOf(name, status, redriveCount ?? 0);
    if (redrives === undefined) return { runId: name, status, goesOn: true };
    try {
      await clearAway(pipeline, { ...detail, redrives }, awsRequestId);
    } finally {
      // Whatever went wrong with this one is tried again; the others need not wait for it.
      await release(pipeline, attemptOf(name, redrives));
      await startNext(pipeline);
    }
    await markCleared(name, redrives);
    return { runId: name, status, redrives };
  },
});

/**
 * The redrive in which the ledger has the run that has ended; undefined when it goes on in a later one. A redrive that came to
 * nothing is not known to the ledger: what ended then is what it knows. Marked at once, so that of this end and a redrive that is
 * about to go on (resume.ts) one sees the other.
 */
const redrivesOf = async (name: string, status: string, heard: number): Promise<number | undefined> => {
  for (;;) {
    const run = await getRun(name);
    const { redrives = 0 } = run ?? {};
    if (heard < redrives) return undefined;
    if (!run || !outcomeOf[status] || (await markEnding(name, redrives, heard))) return redrives;
  }
};

interface Ended {
  name: string;
  status: string;
  error?: string | null | undefined;
  cause?: string | null | undefined;
  /** In which redrive of the run. */
  redrives: number;
}

const clearAway = async (pipeline: string, { name, status, error, cause, redrives }: Ended, attempt: string) => {
  const outcome = outcomeOf[status];
  if (!outcome) {
    await unlock(pipeline, attemptOf(name, redrives));
    return;
  }
  const faults = await stopEverything(name, redrives);
  // The lock is given back by whoever goes back to the champion, if that could be asked for.
  await giveBack(pipeline, name, redrives).catch((fault: unknown) => faults.push(fault));
  await abandonApproval(name, redrives).catch((fault: unknown) => faults.push(fault));
  const summary = [error, messageOf(cause)].filter(Boolean).join(': ') || `The execution ended as ${status}.`;
  // An asynchronous invocation that is tried again keeps its request id.
  await announce({ runId: name, pipeline, outcome, summary: summary.slice(0, 8192) }, attempt, redrives);
  // Told last, so that one job that cannot be stopped keeps neither the lock nor the message; what is left is tried again.
  if (faults.length > 0) throw faults[0];
};

/** The failure path ends in a function, which tells its error as JSON. */
const messageOf = (cause: string | null | undefined): string | null | undefined => {
  const told = functionError.safeParse(cause);
  return told.success ? told.data.errorMessage : cause;
};

const functionError = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('no JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ errorMessage: z.string() }));

/** Only a run that ended amid its deployment still holds the lock: its endpoint is to go back to the champion. */
const giveBack = async (pipeline: string, id: string, redrives: number) => {
  const holder = attemptOf(id, redrives);
  if ((await lockHolder(pipeline)) === holder) await startRollback(id, redrives);
  await unlock(pipeline, holder);
};

/**
 * Stops executions first, so that none of them submits another job behind our back; those of earlier redrives too, for a function
 * may have outlived the clearing away of its own. Returns what went wrong.
 */
const stopEverything = async (id: string, redrives: number): Promise<unknown[]> => {
  const faults: unknown[] = [];
  const contenders = await contendersOf(id).catch((fault: unknown) => {
    faults.push(fault);
    return [];
  });
  const of = (machine: string, name: string) => executionArn(`${environment('MACHINE_PREFIX')}${machine}`, name);
  const each = Array.from({ length: redrives + 1 }, (_, redrive) => redrive);
  const executions = each.flatMap((redrive) => [
    ...contenders.map((candidate) => of('candidate', candidateExecutionName(id, candidate, redrive))),
    of('deployEndpoint', deployExecutionName(id, redrive)),
    of('deployBatch', deployExecutionName(id, redrive)),
  ]);
  const stopped = { error: 'RunEnded', cause: `The run ${id} has ended.` };
  const jobs = each.flatMap((redrive) => [
    ...contenders.flatMap((candidate): [JobKind, string][] => [
      ['training', trainingJobName(id, candidate, redrive)],
      ['transform', transformJobName(id, candidate, redrive)],
    ]),
    ['transform', batchJobName(id, redrive)] as const,
  ]);
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

const startRollback = (id: string, redrives: number) =>
  startOnce(`${environment('MACHINE_PREFIX')}deployEndpoint`, rollbackExecutionName(id, redrives), {
    action: 'rollback',
    runId: id,
    linger,
    ...(redrives > 0 && { redrives }),
  });

/** A run that ended before its plan was written has started nothing. */
const contendersOf = async (id: string): Promise<CandidateId[]> => {
  const found = await readText(keys.plan(id));
  return found ? [...candidatesOf(planSchema.parse(JSON.parse(found.text))), 'champion'] : [];
};

/** What may still run or be held although its run is over: one way to find each kind, and to end it. */
import { ListTagsCommand, ListTrainingJobsCommand, ListTransformJobsCommand } from '@aws-sdk/client-sagemaker';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { executionArn, redrivesIn, rollbackExecutionName, runIdIn, runOfAttempt } from '../../spec/names.ts';
import { runInput, runRequest, type RunRecord } from '../../spec/run.ts';
import { sagemaker, sfn } from './clients.ts';
import { logger } from './define.ts';
import { environment } from './environment.ts';
import { describeExecution } from './executions.ts';
import { hearEnd } from './hearEnd.ts';
import { lockHolder } from './ledger/lock.ts';
import { getRun, markCleared, runsSince, type KeptRun } from './ledger/runs.ts';
import { tagsOf } from './run.ts';
import { grace, standingOf, type Standing } from './standing.ts';
import { execute, startNext } from './startNext.ts';
import { startScoring } from './startScoring.ts';
import { stopJob, unlessGone, type JobKind } from './stopJob.ts';

/** What was found, by kind; `unfinished` when a bound left some for the next time. */
export interface Reaped {
  ends: number;
  lost: number;
  locks: number;
  executions: number;
  jobs: number;
  unfinished: boolean;
}

const day = 86_400_000;
/** Step Functions knows executions for 90 days after their end. */
const lookBack = 90 * day;
/** Of each listing. */
const mostPages = 20;
/** So many failures are one of AWS, not of single runs. */
const mostFaults = 10;

export const openReaper = () => {
  const standings = new Map<string, Promise<Standing>>();
  const found: Reaped = { ends: 0, lost: 0, locks: 0, executions: 0, jobs: 0, unfinished: false };
  const faults: unknown[] = [];

  /** One that fails keeps none of the others: its fault is told at the end. Throws it where nothing else can be expected to go better. */
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (fault) {
      faults.push(fault);
      if (faults.length >= mostFaults) throw fault;
    } finally {
      // What is logged about the next one is not about this one.
      logger.resetKeys();
    }
  };

  /** Asked once a pass for each run. */
  const standing = (run: Pick<RunRecord, 'runId' | 'kind'>): Promise<Standing> => {
    const known = standings.get(run.runId) ?? standingOf(run);
    standings.set(run.runId, known);
    return known;
  };

  /** Whether a run of this stack is over. What the ledger does not know is not ours. */
  const isOver = async (runId: string): Promise<boolean> => {
    const run = await getRun(runId);
    return run !== undefined && (await standing(run)).is === 'over';
  };

  const told = (what: string, runId: string, more: object = {}) => logger.warn(`Reaped: ${what}.`, { runId, ...more });

  /** A run whose end nobody has worked off, or that was recorded and never started. */
  const run = async (record: KeptRun) => {
    const { runId, outcome, startedAt, cleared } = record;
    const age = Date.now() - Date.parse(startedAt);
    if (cleared || outcome === 'QUEUED' || outcome === 'SKIPPED' || age < grace) return;
    const stands = await standing(record);
    if (stands.is === 'live') return;
    if (stands.is === 'gone' && outcome !== 'RUNNING') {
      // It was stopped before it began.
      await markCleared(runId);
      return;
    }
    if (stands.is === 'gone' && age < day) {
      const again = record.kind === 'score' ? (await startScoring(runRequest.strip().parse(record))).runId : runId;
      if (record.kind !== 'score') await execute(runInput.strip().parse(record));
      found.lost++;
      told('it was recorded and not started', runId);
      if (again === runId) return;
      // Another model is deployed by now, and another run scores with it.
      const cause = `It was never started; the run ${again} scores instead, with the model that is deployed now.`;
      await hearEnd({ name: runId, status: 'FAILED', error: 'RunLost', cause });
      return;
    }
    const cause = 'Step Functions knows nothing of its execution.';
    const { redrives = 0 } = record;
    const lost = { name: runId, status: 'FAILED', error: 'RunLost', cause, redriveCount: redrives };
    await hearEnd(stands.is === 'over' ? stands.detail : lost);
    found.ends++;
    told('its end was not heard', runId, { outcome });
  };

  /** A deployment that a run holds which is over, unless the way back is under way. */
  const lockOf = async (pipeline: string) => {
    const holder = await lockHolder(pipeline);
    const runId = runOfAttempt(holder ?? '');
    if (holder === undefined || !(await isOver(runId)) || (await isGoingBack(runId))) return;
    const stands = await standing({ runId });
    if (stands.is !== 'over') return;
    await hearEnd(stands.detail);
    found.locks++;
    told('it held the deployment', runId);
  };

  const paged = async (page: (token?: string) => Promise<string | undefined>) => {
    let token: string | undefined;
    for (let pages = 0; pages < mostPages; pages++) {
      token = await page(token);
      if (token === undefined) return;
    }
    found.unfinished = true;
  };

  const executionsOf = (machine: string) =>
    paged(async (nextToken) => {
      const stateMachineArn = `${environment('MACHINE_PREFIX')}${machine}`;
      const page = await sfn().send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 100, nextToken }),
      );
      for (const { name = '', executionArn: arn = '' } of page.executions ?? [])
        await attempt(() => execution(name, arn));
      return page.nextToken;
    });

  const execution = async (name: string, arn: string) => {
    const runId = runIdIn(name);
    // The way back begins when its run has ended.
    if (runId === undefined || isRollback(name) || !(await isOver(runId))) return;
    const cause = `The run ${runId} has ended.`;
    await unlessGone(() => sfn().send(new StopExecutionCommand({ executionArn: arn, error: 'RunEnded', cause })));
    found.executions++;
    told('an execution of it ran on', runId, { execution: name });
  };

  const job = async (kind: JobKind, name: string, arn: string, created: Date | undefined) => {
    const runId = runIdIn(name);
    if (runId === undefined || !created || Date.now() - created.getTime() < grace) return;
    if (!(await isOver(runId)) && !(await isOutdated(runId, name))) return;
    const { Tags = [] } = await sagemaker().send(new ListTagsCommand({ ResourceArn: arn }));
    const isOurs = tagsOf(runId, '').every(
      ({ Key, Value }) => Key === 'sluice:pipeline' || Tags.some((tag) => tag.Key === Key && tag.Value === Value),
    );
    if (!isOurs) return;
    await stopJob(kind, name);
    found.jobs++;
    told(`a ${kind} job of it ran on`, runId, { job: name });
  };

  const jobs: Record<JobKind, () => Promise<void>> = {
    training: () =>
      paged(async (NextToken) => {
        const page = await sagemaker().send(
          new ListTrainingJobsCommand({ StatusEquals: 'InProgress', MaxResults: 100, NextToken }),
        );
        for (const it of page.TrainingJobSummaries ?? [])
          await attempt(() => job('training', it.TrainingJobName ?? '', it.TrainingJobArn ?? '', it.CreationTime));
        return page.NextToken;
      }),
    transform: () =>
      paged(async (NextToken) => {
        const page = await sagemaker().send(
          new ListTransformJobsCommand({ StatusEquals: 'InProgress', MaxResults: 100, NextToken }),
        );
        for (const it of page.TransformJobSummaries ?? [])
          await attempt(() => job('transform', it.TransformJobName ?? '', it.TransformJobArn ?? '', it.CreationTime));
        return page.NextToken;
      }),
  };

  return {
    found,
    faults,
    /** Runs, and what their pipelines hold: ends nobody heard, starts that never came, slots and locks. */
    async runs() {
      const pipelines = new Set<string>();
      let from: Record<string, unknown> | undefined;
      for (let pages = 0; pages < mostPages; pages++) {
        const page = await runsSince(new Date(Date.now() - lookBack).toISOString(), from);
        for (const record of page.runs) {
          pipelines.add(record.pipeline);
          await attempt(() => run(record));
        }
        from = page.cursor;
        if (from === undefined) break;
      }
      found.unfinished ||= from !== undefined;
      for (const pipeline of pipelines) {
        await attempt(() => lockOf(pipeline));
        await attempt(() => startNext(pipeline, { thorough: true }));
      }
    },
    executionsOf,
    jobs,
  };
};

/** Whether a job is of an earlier redrive than the one in which its run goes on: nobody waits for it any more. */
const isOutdated = async (runId: string, job: string): Promise<boolean> =>
  redrivesIn(job) < ((await getRun(runId))?.redrives ?? 0);

const isRollback = (execution: string) => /-back(-r\d+)?$/.test(execution);

const isGoingBack = async (runId: string): Promise<boolean> => {
  const machine = `${environment('MACHINE_PREFIX')}deployEndpoint`;
  const { redrives } = (await getRun(runId)) ?? {};
  const arn = executionArn(machine, rollbackExecutionName(runId, redrives));
  return (await describeExecution(arn))?.status === 'RUNNING';
};

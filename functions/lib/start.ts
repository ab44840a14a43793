import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { startsOn, type Drop } from '../../spec/dropKey.ts';
import { runIdOf } from '../../spec/names.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { placeOf } from '../../spec/place.ts';
import { isPending, runRequest, type RunInput, type RunRequest, type Started } from '../../spec/run.ts';
import { sfn } from './clients.ts';
import { logger } from './define.ts';
import { allWaiting, dropWaiting, getSlot, isBefore, putWaiting, type Slot, type Waiting } from './ledger/queue.ts';
import { addRun, getRun, leaveQueue, placeOfRun, type RunRecord } from './ledger/runs.ts';
import { measure } from './metrics.ts';
import { pinSet } from './pinSet.ts';
import { runExecution } from './runExecution.ts';
import { execute, startNext } from './startNext.ts';
import { triggerSettings } from './triggerSettings.ts';

type Policy = Pipeline['trigger']['policy'];

/** What a trigger knows beside the request; it is not part of it, so that a repeated event is the same request. */
export interface Arrival {
  /** When what is to be run was made, ISO 8601; default: now. */
  at?: string | undefined;
  /** Of the event of S3, hexadecimal. */
  sequencer?: string | undefined;
  /** What was dropped; only what the pipeline starts on starts a run. Default: whatever it is. */
  kind?: Drop['kind'];
}

/**
 * Starts the run of a request, or makes it wait, or records that it is skipped, by the pipeline's policy; the same request
 * twice is one run. Each step leaves a state that the same request, made again, goes on from; what a crash leaves is told in
 * startNext.ts.
 */
export const start = async (given: RunRequest, arrival: Arrival = {}): Promise<Started> => {
  const request = runRequest.parse(given);
  const { pipeline, source, idempotencyKey = '' } = request;
  const runId = runIdOf(pipeline, source.bucket, source.key, source.versionId ?? '', idempotencyKey);
  logger.appendKeys({ runId, pipeline });
  const known = await getRun(runId);
  if (known && !isPending(known.outcome)) return told(known, false);
  const input: RunInput = { ...request, runId };
  if (known?.outcome === 'RUNNING') {
    await execute(input);
    return told(known, false);
  }
  const { on, policy } = await triggerSettings(pipeline);
  if (!known) {
    if (arrival.kind && !startsOn[on].includes(arrival.kind))
      return { runId, started: false, ignored: `runs of ${pipeline} start on: ${on}` };
    await pinSet(input);
  }
  if (policy !== 'parallel' || known) {
    const place =
      (known && (await placeOfRun(runId))) ?? placeOf(arrival.at ?? new Date().toISOString(), arrival.sequencer);
    const { sequencer } = arrival;
    return told(await takeTurn({ request: input, place, ...(sequencer && { sequencer }) }, policy), !known);
  }
  const added = await addRun(input);
  if (added) measure({ RunsStarted: 1 }, { found: { runId, pipeline } });
  await execute(input);
  return { runId, started: added };
};

const told = ({ runId, outcome, summary = '' }: RunRecord, isNew: boolean): Started => ({
  runId,
  started: isNew && outcome !== 'QUEUED' && outcome !== 'SKIPPED',
  ...(outcome === 'QUEUED' && { queued: true }),
  ...(outcome === 'SKIPPED' && { skipped: summary }),
});

/** Enqueues the run, begins whatever is to begin, and lets the policy settle what is to become of it if it still waits. */
const takeTurn = async (waiting: Waiting, policy: Policy): Promise<RunRecord> => {
  const { request, place } = waiting;
  const { runId, pipeline } = request;
  // Enqueued before it is recorded: what is in the queue can be recorded by whoever finds it.
  await putWaiting(waiting);
  await addRun(request, 'QUEUED', place);
  for (;;) {
    await startNext(pipeline);
    const run = await getRun(runId);
    if (!run) throw new Error(`The run ${runId} is missing from the ledger although it was recorded.`);
    const settle = settling[policy];
    if (run.outcome !== 'QUEUED' || !settle) return run;
    const slot = await getSlot(pipeline);
    // Otherwise it is this run's turn, or another one's is about to begin.
    if (!slot?.begun || slot.request.runId === runId) continue;
    await settle(waiting, slot);
    return (await getRun(runId)) ?? run;
  }
};

/** What a run does that finds another one active; by default it waits. */
const settling: Partial<Record<Policy, (own: Waiting, active: Slot) => Promise<void>>> = {
  skip: (own, active) => giveWay(own, active, 'was active, and the policy of the pipeline is skip'),

  /** Of all that are asked for, the last in the queue's order remains: each that comes sees the others that were there before. */
  async replace(own, active) {
    if (isBefore(own, active)) return giveWay(own, active, 'is active and newer');
    const { runId, pipeline } = own.request;
    for await (const other of allWaiting(pipeline)) {
      if (other.request.runId === runId || (await getRun(other.request.runId))?.outcome !== 'QUEUED') continue;
      if (isBefore(own, other)) return giveWay(own, other, 'waits already and is newer');
      await giveWay(other, own, 'has replaced it before it began');
    }
    await sfn().send(
      new StopExecutionCommand({
        executionArn: runExecution(active.request),
        error: 'RunReplaced',
        cause: `Replaced by the run ${runId}, as the policy of the pipeline says.`,
      }),
    );
  },
};

const giveWay = async (one: Waiting, { request: { runId: other } }: Waiting, why: string) => {
  const summary = `Not run: the run ${other} ${why}.`;
  if (await leaveQueue(one.request.runId, { outcome: 'SKIPPED', summary, gaveWayTo: other })) await dropWaiting(one);
};

/**
 * One run of a pipeline at a time. A run that waits has a `waiting` item that holds all it takes to begin it; the run that is
 * active has the `active` item, the slot. Both are written by conditional writes of single items, and whoever writes may die
 * after any of them. Why no run is lost, none begins twice and no slot stays taken:
 *
 * - A run that waits is enqueued before the slot is looked at, and the slot is freed before the queue is looked at; both reads
 *   are consistent. So of a drop that finds the slot taken and an end that finds the queue empty, one must have seen the
 *   other: the drop looked before the slot was freed, hence was enqueued before the queue was read.
 * - The slot is taken by `attribute_not_exists`: one run has it. It says `begun` once the execution has been started. Until then
 *   everybody who comes by begins the run in it (again): each step may be repeated, since its run leaves QUEUED once, and an
 *   execution's name starts once. Died before the slot was taken: the run is still first in the queue. Died behind it: the
 *   run is in the slot, not begun.
 * - A `waiting` item is removed when its run has left QUEUED. One that was left behind, or put again by a late duplicate, names
 *   a run that is not QUEUED any more, and is thrown away by whoever finds it first in the queue.
 * - The slot is freed by runEnded, whose retry does it again; freeing is conditional on the run (and its redrive), so that a
 *   late one does not free another's. Died between freeing and beginning the next: the retry begins it, or the next drop, or the sweep.
 *   An end that was never heard: the next drop sees that the run has told its outcome and asks Step Functions whether it
 *   is over; the sweep (`thorough`) asks even of a run that has told nothing.
 */
import { isPending, type RunInput } from '../../spec/run.ts';
import { environment } from './environment.ts';
import { describeExecution, startOnce } from './executions.ts';
import { passNewer } from './ledger/objects.ts';
import { dropWaiting, firstWaiting, getSlot, markBegun, release, takeSlot, type Waiting } from './ledger/queue.ts';
import { addRun, beginRun, getRun, leaveQueue } from './ledger/runs.ts';
import { measure } from './metrics.ts';
import { runExecution } from './runExecution.ts';

/**
 * Begins the next run of a pipeline if none is active; call it again at any time. `thorough` asks Step Functions whether
 * the active run is still under way, whatever the ledger says.
 */
export const startNext = async (pipeline: string, { thorough = false } = {}): Promise<void> => {
  for (;;) {
    const slot = await getSlot(pipeline);
    if (slot?.begun) {
      if (!(await isOver(slot, thorough))) return;
      // Whoever was faster looks for the next one.
      if (!(await release(pipeline, slot.holder))) return;
    } else {
      const next = slot ?? (await firstWaiting(pipeline));
      if (!next) return;
      // Whoever was faster begins it, or another one.
      if (!slot && !(await takeSlot(next)) && !(await hasTaken(next))) return;
      if (await begin(next)) return;
    }
  }
};

/** Whether a run has the slot and has not begun: the write that gave it may have been this call's, its answer lost and the write repeated. */
const hasTaken = async ({ request: { pipeline, runId } }: Waiting): Promise<boolean> => {
  const slot = await getSlot(pipeline);
  return slot !== undefined && !slot.begun && slot.request.runId === runId;
};

/** Starts the execution of a run; the same run again changes nothing, be it under way or over. */
export const execute = (input: RunInput) => startOnce(environment('TRAIN_MACHINE_ARN'), input.runId, input);

/** Begins the run that has the slot; false when it is not to begin, and this call has freed the slot again. */
const begin = async (waiting: Waiting): Promise<boolean> => {
  const { request } = waiting;
  const { runId, pipeline } = request;
  if (!(await mayBegin(waiting))) {
    await dropWaiting(waiting);
    return !(await release(pipeline, runId));
  }
  await dropWaiting(waiting);
  await execute(request);
  await markBegun(pipeline, runId);
  return true;
};

/** Whether the run is RUNNING now: it has waited, or somebody who died has brought it so far. */
const mayBegin = async ({ request, place, sequencer }: Waiting): Promise<boolean> => {
  const { runId } = request;
  // Who enqueued it may have died before it was recorded.
  const { outcome } = (await getRun(runId)) ?? (await recorded(request, place)) ?? {};
  if (outcome === 'RUNNING') return true;
  if (outcome !== 'QUEUED') return false;
  const newer = sequencer === undefined ? undefined : await passNewer(request, sequencer);
  if (newer !== undefined && newer !== runId) {
    const summary = `Not run: a newer version of ${request.source.key} has begun before, in the run ${newer}.`;
    await leaveQueue(runId, { outcome: 'SKIPPED', summary, gaveWayTo: newer });
    return false;
  }
  if (await beginRun(runId)) {
    measure({ RunsStarted: 1 }, { found: { runId, pipeline: request.pipeline } });
    return true;
  }
  // Another has begun it, or it was stopped in this moment.
  return (await getRun(runId))?.outcome === 'RUNNING';
};

const recorded = async (request: RunInput, place: string) => {
  await addRun(request, 'QUEUED', place);
  return getRun(request.runId);
};

const isOver = async ({ request: { runId } }: Waiting, thorough: boolean): Promise<boolean> => {
  const run = await getRun(runId);
  if (!thorough && run && isPending(run.outcome)) return false;
  const { status } = (await describeExecution(runExecution({ runId }))) ?? {};
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
};

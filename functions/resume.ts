/**
 * Lets a run whose execution was redriven go on: its record says RUNNING again, in this redrive, and what it holds and starts from
 * now on is called after it. Before that everything of the run as it was has to be cleared away, so that nothing of it, be it heard
 * or done late, touches what goes on; what must not be missing is asked for here. Each write is conditional on one item; the same
 * step again finds what it has done.
 */
import * as z from 'zod';
import { InputError, PlatformError } from '../spec/errors.ts';
import { attemptOf, mostRedrives, pipelineOf } from '../spec/names.ts';
import { runId, runInput, type Outcome } from '../spec/run.ts';
import { define } from './lib/define.ts';
import { hearEnd } from './lib/hearEnd.ts';
import { forgetWithdrawn } from './lib/ledger/approval.ts';
import { getSlot, release, takeSlotAgain } from './lib/ledger/queue.ts';
import { getKeptRun, getRun, isOver, resumeRun, type KeptRun } from './lib/ledger/runs.ts';

export const handler = define({
  input: z.strictObject({ runId, redrives: z.int().min(1) }),
  async run({ runId, redrives }) {
    const run = await getKeptRun(runId);
    if (!run) throw refusal(runId, 'The ledger knows nothing of this run', 'Drop its file again');
    const { redrives: before = 0 } = run;
    // A call that was under way when its execution ended comes too late, and must not take what goes on now for what was.
    if (before > redrives) throw refusal(runId, `The run goes on in a later redrive, ${before}`, 'Wait for its end');
    if (before !== redrives) {
      if (!run.cleared) return await clearFirst(run);
      // Only telling it was interrupted.
      if (!resumable.has(run.outcome)) return { goesOn: false, redrives: before };
      await resume(run, redrives);
    }
    await forgetWithdrawn(runId);
    return { goesOn: true, redrives };
  },
});

const refusal = (where: string, what: string, todo: string) => new InputError({ what, where, todo });

/** What a run can go on from: whatever else it has ended with, it has ended well. */
const resumable: ReadonlySet<Outcome> = new Set(['FAILED', 'STOPPED', 'TIMED_OUT']);

/** The event of the end may be lost. How the execution ended nobody can tell any more, unless the machine has told it. */
const clearFirst = async ({ runId, redrives = 0 }: KeptRun): Promise<never> => {
  const cause = 'The execution was redriven before its end was heard.';
  await hearEnd({ name: runId, status: 'ABORTED', error: 'RunRedriven', cause, redriveCount: redrives });
  throw new PlatformError({ what: 'What the run has left is still being cleared away', where: runId });
};

const resume = async (run: KeptRun & { place?: string }, redrives: number) => {
  const { runId, redrives: before = 0 } = run;
  if (redrives > mostRedrives)
    throw refusal(runId, `The run was redriven ${mostRedrives} times`, `Begin another one: sluice retry ${runId}`);
  await takePlace(run, redrives);
  if (await resumeRun(runId, redrives, before)) return;
  // Another attempt at this step was faster, or the execution has ended again and nobody goes on.
  if ((await getRun(runId))?.redrives === redrives) return;
  await release(pipelineOf(runId), attemptOf(runId, redrives));
  throw new PlatformError({ what: 'The run has changed while it was about to go on', where: runId });
};

/** A run that once had to wait for its turn needs it again. */
const takePlace = async ({ place, ...run }: KeptRun & { place?: string }, redrives: number) => {
  if (place === undefined || (await takeSlotAgain({ request: runInput.strip().parse(run), place }, redrives))) return;
  const { pipeline, runId } = run;
  const other = (await getSlot(pipeline))?.request.runId;
  if (other === undefined || (await isOver(other)))
    throw new PlatformError({ what: `The place of the pipeline ${pipeline} is just being given back`, where: runId });
  throw refusal(
    runId,
    `The run ${other} of the pipeline ${pipeline} is active, and one runs at a time`,
    'Redrive this execution when that run has ended',
  );
};

import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { executionArn } from '../spec/names.ts';
import { isPending } from '../spec/run.ts';
import { ApiError, type Api, type RunView } from './api.ts';
import type { Clients } from './clients.ts';
import type { Connection } from './connection.ts';
import { follow, type Followed } from './follow.ts';
import { clearLive, seconds, showLive, style, tell } from './terminal.ts';

/** What a finished run looks like: its record and how it went. */
export interface Watched {
  view: RunView;
  /** Absent when the run never began. */
  followed?: Followed;
}

/** The output of the stack that names the machine of a run. */
const machines = { train: 'TrainMachineArn', score: 'ScoreMachineArn' } as const;

/** States that only route: entered and left at once, of no interest to who waits. */
const quiet = new Set(['Action', 'Kind', 'Verdict', 'Approval', 'Approved', 'Target', 'Purpose', 'Place', 'Back']);

/** Follows a run to its end, telling each step as it is done. */
export const watchRun = async (
  { api, clients, connection }: { api: Api; clients: Clients; connection: Connection },
  runId: string,
  signal?: AbortSignal,
): Promise<Watched> => {
  const { kind = 'train' } = await started(api, runId, signal);
  const arn = executionArn(connection.outputs[machines[kind]] ?? '', runId);
  if (!(await hasBegun({ api, clients }, runId, arn, signal))) return { view: await api.getRun(runId) };
  const nameOf = contenderNames(api, runId);
  const begun = Date.now();
  let asked = false;
  const followed = await follow({
    sfn: clients.sfn,
    executionArn: arn,
    async onStep({ of, state, took }) {
      if (quiet.has(state)) return;
      const label = of === 'train' ? state : `${await nameOf(of.slice(runId.length + 1))} · ${state}`;
      tell(`  ${style('green', '✔')} ${label.padEnd(36)} ${seconds(took)}`);
    },
    onPulse(active) {
      if (!asked && active.includes('train: Approve')) {
        asked = true;
        tell(`  Waits for approval: sluice approve ${runId}, or sluice reject ${runId}`);
      }
      showLive(`  ${seconds(Date.now() - begun)}  ${active.map(shortened(runId)).join('   ')}`);
    },
    ...(signal && { signal }),
  });
  clearLive();
  return { view: await settled(api, runId, signal), followed };
};

const shortened = (runId: string) => (text: string) => text.replace(`${runId}-`, '');

/** The trigger needs a moment to hear of the drop. */
const started = async (api: Api, runId: string, signal?: AbortSignal) => {
  for (let tries = 0; ; tries++) {
    try {
      return await api.getRun(runId);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      if (tries >= 120)
        throw new Error(`The run ${runId} did not start within 30 s: ${(error as Error).message}`, { cause: error });
      await pause();
    }
  }
};

/** Waits for a run's turn and its execution; false when it ended without one: skipped, or stopped while it waited. */
const hasBegun = async (
  { api, clients }: { api: Api; clients: Clients },
  runId: string,
  arn: string,
  signal?: AbortSignal,
): Promise<boolean> => {
  for (;;) {
    const { outcome } = await api.getRun(runId);
    if (outcome !== 'QUEUED') {
      const found = await clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn })).catch(unlessMissing);
      if (found) return true;
      if (outcome !== 'RUNNING') return false;
    }
    showLive(outcome === 'QUEUED' ? '  waiting: another run of the pipeline is active' : '  starting');
    signal?.throwIfAborted();
    await pause();
  }
};

const unlessMissing = (error: unknown) => {
  if (error instanceof ExecutionDoesNotExist) return undefined;
  throw error;
};

/** The record may trail the execution's end by the moment that the last functions need. */
const settled = async (api: Api, runId: string, signal?: AbortSignal): Promise<RunView> => {
  for (let tries = 0; tries < 120; tries++) {
    const view = await api.getRun(runId);
    if (!isPending(view.outcome)) return view;
    signal?.throwIfAborted();
    await pause();
  }
  return api.getRun(runId);
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 250));

/** `c0` → the algorithm of candidate 0: the plan is written before any child execution starts. */
const contenderNames = (api: Api, runId: string) => {
  let plan: RunView['plan'];
  return async (suffix: string): Promise<string> => {
    if (suffix === 'cx') return 'champion';
    if (!/^c\d+$/.test(suffix)) return suffix;
    plan ??= (await api.getRun(runId)).plan;
    return plan?.candidates[Number(suffix.slice(1))]?.algorithm ?? suffix;
  };
};

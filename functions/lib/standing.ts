import { describeExecution } from './executions.ts';
import type { RunRecord } from './ledger/runs.ts';
import { runExecution } from './runExecution.ts';

/** How the execution of a run stands: under way, over since a while, or not there (any more). */
export type Standing = { is: 'live' } | { is: 'gone' } | { is: 'over'; detail: Ended };

/** As the event of the end tells it. */
export interface Ended {
  name: string;
  status: string;
  error?: string;
  cause?: string;
  redriveCount?: number;
}

/** The end of a run is being heard for so long (ms): three attempts of runEnded, each of 5 minutes, with the pauses between. */
export const grace = 20 * 60_000;

/** Asks Step Functions; whatever ended within the grace still counts as live, for its end is being heard just now. */
export const standingOf = async (run: Pick<RunRecord, 'runId' | 'kind'>): Promise<Standing> => {
  const found = await describeExecution(runExecution(run));
  if (!found) return { is: 'gone' };
  const { status = '', stopDate, error, cause, redriveCount = 0 } = found;
  if (!stopDate || Date.now() - stopDate.getTime() < grace) return { is: 'live' };
  return {
    is: 'over',
    detail: { name: run.runId, status, redriveCount, ...(error && { error }), ...(cause && { cause }) },
  };
};

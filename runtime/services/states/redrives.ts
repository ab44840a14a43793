/** Whether, how often and when an execution was or can be redriven. */
import { historyLimit } from '../../asl/history.ts';
import type { Summary } from './executionLog.ts';
import { seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

/** How long (ms) after its end an execution can be redriven. */
const redrivablePeriod = 14 * 86_400_000;

/** In AWS's words why it cannot be redriven at `now` (epoch ms). */
export const obstacle = ({ status, stoppedAt, events, identity }: Summary, now: number): string | undefined => {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  // A child that is redriven by beginning anew always can be.
  if (identity.type === 'EXPRESS') return undefined;
  if (events >= historyLimit - 1) return 'Execution history event limit exceeded';
  return now - (stoppedAt ?? now) > redrivablePeriod ? 'Execution redrivable period exceeded' : undefined;
};

export const redrivableOf = (summary: Summary, now: number) => {
  const redriveStatusReason = obstacle(summary, now);
  return redriveStatusReason === undefined
    ? { redriveStatus: summary.mapRun ? 'REDRIVABLE_BY_MAP_RUN' : 'REDRIVABLE', redriveStatusReason }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
};

/** The status as the API tells it: a child may wait for its redrive. */
export const statusOf = ({ mapRuns }: StatesState, { identity, status, mapRun }: Summary) =>
  mapRun && mapRuns.progress.get(mapRun.arn)?.waiting.has(identity.arn) ? 'PENDING_REDRIVE' : status;

/** Redrives of Express children cannot be told apart, as on AWS. */
export const redrivesToldOf = ({ identity, redrives }: Summary) => (identity.type === 'EXPRESS' ? [] : redrives);

/** Members of DescribeExecution. */
export const redrivesOf = (summary: Summary, now: number) => {
  const redrives = redrivesToldOf(summary);
  const last = redrives.at(-1);
  const { redriveStatus, redriveStatusReason } = redrivableOf(summary, now);
  return {
    redriveCount: redrives.length,
    ...(last && { redriveDate: seconds(last.at) }),
    redriveStatus,
    ...(redriveStatusReason !== undefined && { redriveStatusReason }),
  };
};

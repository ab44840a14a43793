import * as z from 'zod';
import type { Counts } from '../../asl/mapRun/runMap.ts';
import { operation, type Call } from '../../operation.ts';
import { findMapRun } from './mapRuns.ts';
import { seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

type Redriven = 'pendingRedrive' | 'failuresNotRedrivable';

/** Runs of before know nothing of redrives. */
const counted = (counts: Partial<Pick<Counts, Redriven>> & Omit<Counts, Redriven>) => ({
  failuresNotRedrivable: 0,
  pendingRedrive: 0,
  ...counts,
  pending:
    counts.total -
    counts.running -
    counts.succeeded -
    counts.failed -
    counts.timedOut -
    counts.aborted -
    (counts.pendingRedrive ?? 0),
});

export const describeMapRun = operation({
  input: z.strictObject({ mapRunArn: z.string().min(1).max(2000) }),
  needs: ({ mapRunArn }) => [{ action: 'states:DescribeMapRun', resource: mapRunArn }],
  run({ mapRunArn }, { state }: Call<StatesState>) {
    const record = findMapRun(state, mapRunArn);
    const { limits, items, executions } = state.mapRuns.progress.get(mapRunArn) ?? record;
    return {
      mapRunArn,
      executionArn: record.executionArn,
      status: record.status,
      startDate: seconds(record.started),
      ...(record.stopped !== undefined && { stopDate: seconds(record.stopped) }),
      ...limits,
      itemCounts: counted(items),
      executionCounts: counted(executions),
      redriveCount: record.redrives?.count ?? 0,
      ...(record.redrives && { redriveDate: seconds(record.redrives.at) }),
    };
  },
});

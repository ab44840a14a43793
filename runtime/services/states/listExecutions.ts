import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { findMapRun } from './mapRuns.ts';
import { arn, seconds } from './names.ts';
import { pageBelow, paging } from './parts.ts';
import type { Summary } from './executionLog.ts';
import type { Shared } from './packedSummary.ts';
import { redrivesToldOf, statusOf } from './redrives.ts';
import { typeNotSupported } from './startSyncExecution.ts';
import type { StatesState } from './statesState.ts';
import { targetOf } from './versions.ts';

/** In the order in which AWS names them. */
const statuses = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'] as const;

/** The executions a request means: those of a machine, a version or an alias, or the children of a map run. */
const meant = (
  state: StatesState,
  { stateMachineArn, mapRunArn }: { stateMachineArn?: string | undefined; mapRunArn?: string | undefined },
) => {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined))
    throw new AwsError('ValidationException', 'Exactly one of stateMachineArn and mapRunArn must be given');
  if (mapRunArn !== undefined) {
    findMapRun(state, mapRunArn);
    return ({ mapRun }: Shared) => mapRun?.arn === mapRunArn;
  }
  const { machine, versionArn, aliasArn } = targetOf(state, stateMachineArn ?? '', () => 0);
  if (machine.type === 'EXPRESS') throw typeNotSupported();
  return ({ identity, origin }: Shared) =>
    identity.machineArn === machine.arn &&
    (aliasArn === undefined
      ? versionArn === undefined || origin?.versionArn === versionArn
      : origin?.aliasArn === aliasArn);
};

/** Throws ValidationException: only a map run's children can be asked for by how they are redriven. */
const checkFilters = (
  stateMachineArn: string | undefined,
  given: { statusFilter?: string | undefined; redriveFilter?: string | undefined },
) => {
  if (stateMachineArn === undefined) return;
  if (given.statusFilter === 'PENDING_REDRIVE')
    throw new AwsError('ValidationException', 'The statusFilter PENDING_REDRIVE needs a mapRunArn');
  if (given.redriveFilter !== undefined) throw new AwsError('ValidationException', 'A redriveFilter needs a mapRunArn');
};

/** Newest first. */
export const listExecutions = operation({
  input: z.strictObject({
    stateMachineArn: arn.optional(),
    mapRunArn: z.string().min(1).max(2000).optional(),
    statusFilter: z.enum(statuses).optional(),
    redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
    ...paging,
  }),
  needs: ({ stateMachineArn, mapRunArn }) => [
    { action: 'states:ListExecutions', resource: stateMachineArn ?? mapRunArn ?? '*' },
  ],
  run({ stateMachineArn, mapRunArn, statusFilter, redriveFilter, ...asked }, { world, state }: Call<StatesState>) {
    checkFilters(stateMachineArn, { statusFilter, redriveFilter });
    const isMeant = meant(state, { stateMachineArn, mapRunArn });
    // A child that waits for its redrive has the status it ended with as well.
    const status = statusFilter === 'PENDING_REDRIVE' ? undefined : statusFilter;
    const isListed = (it: Summary) =>
      (statusFilter === undefined || statusOf(state, it) === statusFilter) &&
      (redriveFilter === undefined || (redriveFilter === 'REDRIVEN') === it.redrives.length > 0);
    const { page, ...more } = pageBelow(
      (below) => those(state.executions.summaries.newest(below, isMeant, status), isListed),
      `executions ${stateMachineArn ?? mapRunArn} ${statusFilter ?? ''} ${redriveFilter ?? ''}`,
      asked,
      world.clock.now(),
    );
    const executions = page.map((summary) => {
      const { identity, startedAt, stoppedAt, origin, mapRun } = summary;
      const redrives = redrivesToldOf(summary);
      return {
        executionArn: identity.arn,
        stateMachineArn: identity.machineArn,
        ...(origin?.versionArn !== undefined && { stateMachineVersionArn: origin.versionArn }),
        ...(origin?.aliasArn !== undefined && { stateMachineAliasArn: origin.aliasArn }),
        ...(mapRun && { mapRunArn: mapRun.arn }),
        ...(mapRun?.items !== undefined && { itemCount: mapRun.items }),
        name: identity.name,
        status: statusOf(state, summary),
        startDate: seconds(startedAt),
        ...(stoppedAt !== undefined && { stopDate: seconds(stoppedAt) }),
        redriveCount: redrives.length,
        ...(redrives.length > 0 && { redriveDate: seconds(redrives.at(-1)?.at ?? 0) }),
      };
    });
    return { executions, ...more };
  },
});

function* those<T>(items: Iterable<T>, wanted: (item: T) => boolean): Iterable<T> {
  for (const item of items) if (wanted(item)) yield item;
}

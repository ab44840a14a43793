import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { findMapRun } from './mapRuns.ts';
import { arn, seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { Summary } from './executionLog.ts';
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
    return ({ mapRun }: Summary) => mapRun?.arn === mapRunArn;
  }
  const { machine, versionArn, aliasArn } = targetOf(state, stateMachineArn ?? '', () => 0);
  if (machine.type === 'EXPRESS') throw typeNotSupported();
  return ({ identity, origin }: Summary) =>
    identity.machineArn === machine.arn &&
    (aliasArn === undefined
      ? versionArn === undefined || origin?.versionArn === versionArn
      : origin?.aliasArn === aliasArn);
};

/** Newest first. */
export const listExecutions = operation({
  input: z.strictObject({
    stateMachineArn: arn.optional(),
    mapRunArn: z.string().min(1).max(2000).optional(),
    statusFilter: z.enum(statuses).optional(),
    ...paging,
  }),
  needs: ({ stateMachineArn, mapRunArn }) => [
    { action: 'states:ListExecutions', resource: stateMachineArn ?? mapRunArn ?? '*' },
  ],
  run({ stateMachineArn, mapRunArn, statusFilter, ...asked }, { world, state }: Call<StatesState>) {
    const found = [...state.executions.summaries.values()]
      .filter(({ status }) => (statusFilter ?? status) === status)
      .filter(meant(state, { stateMachineArn, mapRunArn }))
      .toSorted((a, b) => b.startedAt - a.startedAt || b.number - a.number);
    const { page, ...more } = pageOf(
      found,
      `executions ${stateMachineArn ?? mapRunArn} ${statusFilter ?? ''}`,
      asked,
      world.clock.now(),
    );
    const executions = page.map(({ identity, status, startedAt, stoppedAt, origin, mapRun, redrives }) => ({
      executionArn: identity.arn,
      stateMachineArn: identity.machineArn,
      ...(origin?.versionArn !== undefined && { stateMachineVersionArn: origin.versionArn }),
      ...(origin?.aliasArn !== undefined && { stateMachineAliasArn: origin.aliasArn }),
      ...(mapRun && { mapRunArn: mapRun.arn }),
      name: identity.name,
      status,
      startDate: seconds(startedAt),
      ...(stoppedAt !== undefined && { stopDate: seconds(stoppedAt) }),
      redriveCount: redrives.length,
      ...(redrives.length > 0 && { redriveDate: seconds(redrives.at(-1)?.at ?? 0) }),
    }));
    return { executions, ...more };
  },
});

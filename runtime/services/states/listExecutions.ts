import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { Summary } from './executionLog.ts';
import { typeNotSupported } from './startSyncExecution.ts';
import type { StatesState } from './statesState.ts';
import { targetOf } from './versions.ts';

/** In the order in which AWS names them. */
const statuses = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'] as const;

/** Of a machine, of a version or of an alias; newest first. */
export const listExecutions = operation({
  input: z.strictObject({ stateMachineArn: arn, statusFilter: z.enum(statuses).optional(), ...paging }),
  needs: ({ stateMachineArn }) => [{ action: 'states:ListExecutions', resource: stateMachineArn }],
  run({ stateMachineArn, statusFilter, ...asked }, { world, state }: Call<StatesState>) {
    const { machine, versionArn, aliasArn } = targetOf(state, stateMachineArn, () => 0);
    const started = ({ origin }: Summary) =>
      aliasArn === undefined
        ? versionArn === undefined || origin?.versionArn === versionArn
        : origin?.aliasArn === aliasArn;
    if (machine.type === 'EXPRESS') throw typeNotSupported();
    const found = [...state.executions.summaries.values()]
      .filter(({ identity, status }) => identity.machineArn === machine.arn && (statusFilter ?? status) === status)
      .filter(started)
      .toSorted((a, b) => b.startedAt - a.startedAt || b.number - a.number);
    const { page, ...more } = pageOf(
      found,
      `executions ${stateMachineArn} ${statusFilter ?? ''}`,
      asked,
      world.clock.now(),
    );
    const executions = page.map(({ identity, status, startedAt, stoppedAt, origin }) => ({
      executionArn: identity.arn,
      stateMachineArn: identity.machineArn,
      ...(origin?.versionArn !== undefined && { stateMachineVersionArn: origin.versionArn }),
      ...(origin?.aliasArn !== undefined && { stateMachineAliasArn: origin.aliasArn }),
      name: identity.name,
      status,
      startDate: seconds(startedAt),
      ...(stoppedAt !== undefined && { stopDate: seconds(stoppedAt) }),
      redriveCount: 0,
    }));
    return { executions, ...more };
  },
});

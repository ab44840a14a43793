import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { StatesState } from './statesState.ts';

const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'] as const;

/** Newest first. */
export const listExecutions = operation({
  input: z.strictObject({ stateMachineArn: arn, statusFilter: z.enum(statuses).optional(), ...paging }),
  needs: ({ stateMachineArn }) => [{ action: 'states:ListExecutions', resource: stateMachineArn }],
  run({ stateMachineArn, statusFilter, ...asked }, { world, state }: Call<StatesState>) {
    const machine = state.machines.find(stateMachineArn);
    const found = [...state.executions.summaries.values()]
      .filter(({ identity, status }) => identity.machineArn === machine.arn && (statusFilter ?? status) === status)
      .toSorted((a, b) => b.startedAt - a.startedAt || b.number - a.number);
    const { page, ...more } = pageOf(
      found,
      `executions ${stateMachineArn} ${statusFilter ?? ''}`,
      asked,
      world.clock.now(),
    );
    const executions = page.map(({ identity, status, startedAt, stoppedAt }) => ({
      executionArn: identity.arn,
      stateMachineArn: identity.machineArn,
      name: identity.name,
      status,
      startDate: seconds(startedAt),
      ...(stoppedAt !== undefined && { stopDate: seconds(stoppedAt) }),
      redriveCount: 0,
    }));
    return { executions, ...more };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { HistoryEvent } from '../../asl/history.ts';
import { historyEvent } from './historyEvent.ts';
import { arn } from './names.ts';
import { pageOf, paging } from './parts.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** A view of the journal: the events its entries brought about. */
export const getExecutionHistory = operation({
  input: z.strictObject({
    executionArn: arn,
    reverseOrder: z.boolean().optional(),
    includeExecutionData: z.boolean().optional(),
    ...paging,
  }),
  needs: ({ executionArn }) => [{ action: 'states:GetExecutionHistory', resource: executionArn }],
  async run(
    { executionArn, reverseOrder = false, includeExecutionData = true, ...asked },
    { world, state }: Call<StatesState>,
  ) {
    findExecution(state, executionArn);
    const events: HistoryEvent[] = [];
    for await (const { history } of state.executions.entries(executionArn)) events.push(...history);
    if (reverseOrder) events.reverse();
    const about = `history ${executionArn} ${reverseOrder}`;
    const { page, ...more } = pageOf(events, about, asked, world.clock.now());
    return { events: page.map((event) => historyEvent(event, includeExecutionData)), ...more };
  },
});

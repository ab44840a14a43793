import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import { findExecution, type StatesState } from './statesState.ts';

/** Newest first. */
export const listMapRuns = operation({
  input: z.strictObject({ executionArn: arn, ...paging }),
  needs: ({ executionArn }) => [{ action: 'states:ListMapRuns', resource: executionArn }],
  run({ executionArn, ...asked }, { world, state }: Call<StatesState>) {
    findExecution(state, executionArn);
    const found = [...state.mapRuns.records.values()]
      .filter((record) => record.executionArn === executionArn)
      .toReversed();
    const { page, ...more } = pageOf(found, `map runs ${executionArn}`, asked, world.clock.now());
    const mapRuns = page.map((record) => ({
      executionArn,
      mapRunArn: record.arn,
      stateMachineArn: record.stateMachineArn,
      startDate: seconds(record.started),
      ...(record.stopped !== undefined && { stopDate: seconds(record.stopped) }),
    }));
    return { mapRuns, ...more };
  },
});

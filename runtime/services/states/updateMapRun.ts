import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { findMapRun } from './mapRuns.ts';
import type { StatesState } from './statesState.ts';

/** Changes the limits of a run under way; more children start, or the run fails, at once. */
export const updateMapRun = operation({
  input: z.strictObject({
    mapRunArn: z.string().min(1).max(2000),
    maxConcurrency: z.int().min(0).optional(),
    toleratedFailureCount: z.int().min(0).optional(),
    toleratedFailurePercentage: z.number().min(0).max(100).optional(),
  }),
  needs: ({ mapRunArn }) => [{ action: 'states:UpdateMapRun', resource: mapRunArn }],
  async run({ mapRunArn, ...asked }, { world, state }: Call<StatesState>) {
    const record = findMapRun(state, mapRunArn);
    const live = state.mapRuns.progress.get(mapRunArn);
    if (!live) throw new AwsError('ValidationException', `Map Run is ${record.status} and cannot be updated`);
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    const limits = { ...live.limits, ...given };
    state.mapRuns.records.set(mapRunArn, { ...record, limits });
    await world.store.flushed();
    live.limits = limits;
    live.changed();
    return {};
  },
});

import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, identifier, noContent, notFound, type ApiState } from './apiState.ts';

const input = z.strictObject({ apiId: identifier, stageName: z.string().max(128) });

export const deleteStage = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId, stageName }, { world }) => apiNeed(world, 'DELETE', `/${apiId}/stages/${stageName}`),
  async run({ apiId, stageName }, { world, state }) {
    if (!state.stages.delete(`${apiId}/${stageName}`)) throw notFound('Stage');
    await world.store.flushed();
    return noContent;
  },
});

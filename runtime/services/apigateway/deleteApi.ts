import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, findApi, identifier, noContent, ofApi, type ApiState } from './apiState.ts';

const input = z.strictObject({ apiId: identifier });

/** DeleteApi, with all its parts. */
export const deleteApi = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'DELETE', `/${apiId}`),
  async run({ apiId }, { world, state }) {
    findApi(state, apiId);
    for (const { routeId } of ofApi(state.routes, apiId)) state.routes.delete(`${apiId}/${routeId}`);
    for (const { integrationId } of ofApi(state.integrations, apiId))
      state.integrations.delete(`${apiId}/${integrationId}`);
    for (const { stageName } of ofApi(state.stages, apiId)) state.stages.delete(`${apiId}/${stageName}`);
    state.apis.delete(apiId);
    await world.store.flushed();
    return noContent;
  },
});

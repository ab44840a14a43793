import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, identifier, noContent, notFound, type ApiState } from './apiState.ts';

const input = z.strictObject({ apiId: identifier, routeId: identifier });

export const deleteRoute = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId, routeId }, { world }) => apiNeed(world, 'DELETE', `/${apiId}/routes/${routeId}`),
  async run({ apiId, routeId }, { world, state }) {
    if (!state.routes.delete(`${apiId}/${routeId}`)) throw notFound('Route');
    await world.store.flushed();
    return noContent;
  },
});

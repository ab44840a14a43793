import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, identifier, noContent, notFound, type ApiState } from './apiState.ts';

const input = z.strictObject({ apiId: identifier, integrationId: identifier });

/** DeleteIntegration; a route that still names it answers 500 until it is changed. */
export const deleteIntegration = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId, integrationId }, { world }) => apiNeed(world, 'DELETE', `/${apiId}/integrations/${integrationId}`),
  async run({ apiId, integrationId }, { world, state }) {
    if (!state.integrations.delete(`${apiId}/${integrationId}`)) throw notFound('Integration');
    await world.store.flushed();
    return noContent;
  },
});

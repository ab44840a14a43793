import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, findApi, identifier, ofApi, type ApiState } from './apiState.ts';

const input = z.strictObject({ apiId: identifier });

/** GetIntegrations, all on one page. */
export const getIntegrations = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'GET', `/${apiId}/integrations`),
  run({ apiId }, { state }) {
    findApi(state, apiId);
    return { items: ofApi(state.integrations, apiId) };
  },
});

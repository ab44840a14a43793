import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, findApi, identifier, type ApiState } from './apiState.ts';

const input = z.strictObject({
  apiId: identifier,
  name: z.string().min(1).max(128).optional(),
  description: z.string().max(1024).optional(),
});

export const updateApi = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'PATCH', `/${apiId}`),
  async run({ apiId, ...changes }, { world, state }) {
    const api = { ...findApi(state, apiId), ...changes };
    state.apis.set(apiId, api);
    await world.store.flushed();
    return api;
  },
});

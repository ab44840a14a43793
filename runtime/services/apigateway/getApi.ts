import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, findApi, identifier, type ApiState } from './apiState.ts';

const input = z.strictObject({ apiId: identifier });

/** GetApi; the endpoint is that of this run of the runtime, whose port may have changed since the API was made. */
export const getApi = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'GET', `/${apiId}`),
  run: ({ apiId }, { world, state }) => ({
    ...findApi(state, apiId),
    apiEndpoint: `${world.endpoint}/execute-api/${apiId}`,
  }),
});

import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, type ApiState } from './apiState.ts';

const input = z.strictObject({});

/** GetApis, all on one page: a machine has a handful. */
export const getApis = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: (_input, { world }) => apiNeed(world, 'GET', ''),
  run: (_input, { world, state }) => ({
    items: Array.from(state.apis.values(), (api) => ({
      ...api,
      apiEndpoint: `${world.endpoint}/execute-api/${api.apiId}`,
    })),
  }),
});

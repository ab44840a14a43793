import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, created, type Api, type ApiState } from './apiState.ts';

const input = z.strictObject({
  name: z.string().min(1).max(128),
  protocolType: z.literal('HTTP'),
  description: z.string().max(1024).optional(),
  tags: z.record(z.string().max(128), z.string().max(256)).optional(),
});

/** CreateApi: an HTTP API, answering at `<endpoint>/execute-api/<apiId>` once it has a stage. */
export const createApi = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: (_input, { world }) => apiNeed(world, 'POST', ''),
  async run(given, { world, state }) {
    const apiId = world.ids.hex(5);
    const api: Api = {
      apiId,
      ...given,
      apiEndpoint: `${world.endpoint}/execute-api/${apiId}`,
      routeSelectionExpression: '$request.method $request.path',
      createdDate: new Date(world.clock.now()).toISOString(),
    };
    state.apis.set(apiId, api);
    await world.store.flushed();
    return created(api);
  },
});

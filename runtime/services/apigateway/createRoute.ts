import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { apiNeed, created, findApi, identifier, notFound, ofApi, type ApiState, type Route } from './apiState.ts';
import { parseRouteKey } from './routeMatching.ts';

const input = z.strictObject({
  apiId: identifier,
  routeKey: z.string().min(1).max(1024),
  target: z.string().regex(/^integrations\/[a-z0-9]+$/),
  authorizationType: z.enum(['NONE', 'AWS_IAM']).optional(),
});

export const createRoute = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'POST', `/${apiId}/routes`),
  async run({ apiId, routeKey, target, authorizationType = 'NONE' }, { world, state }) {
    findApi(state, apiId);
    parseRouteKey(routeKey);
    if (!state.integrations.has(`${apiId}/${target.split('/')[1]}`)) throw notFound('Integration');
    if (ofApi(state.routes, apiId).some((route) => route.routeKey === routeKey))
      throw new AwsError('ConflictException', `Route with key ${routeKey} already exists for this API`, 409);
    const route: Route = { apiId, routeId: world.ids.hex(4), routeKey, target, authorizationType };
    state.routes.set(`${apiId}/${route.routeId}`, route);
    await world.store.flushed();
    return created(route);
  },
});

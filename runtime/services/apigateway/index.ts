/** API Gateway, HTTP APIs: `apigateway` describes them, `execute-api` serves them. Both work on the same tables. */
import type { ServiceFactory } from '../../operation.ts';
import { openApiState } from './apiState.ts';
import { createApi } from './createApi.ts';
import { createIntegration } from './createIntegration.ts';
import { createRoute } from './createRoute.ts';
import { createStage } from './createStage.ts';
import { deleteApi } from './deleteApi.ts';
import { deleteIntegration } from './deleteIntegration.ts';
import { deleteRoute } from './deleteRoute.ts';
import { deleteStage } from './deleteStage.ts';
import { getApi } from './getApi.ts';
import { getApis } from './getApis.ts';
import { getIntegrations } from './getIntegrations.ts';
import { getRoutes } from './getRoutes.ts';
import { getStages } from './getStages.ts';
import { invokeApi } from './invokeApi.ts';
import { routeControlPlane, routeDataPlane } from './route.ts';
import { updateApi } from './updateApi.ts';

export const apigateway: ServiceFactory = (world) => ({
  name: 'apigateway',
  protocol: 'restJson',
  state: openApiState(world),
  route: routeControlPlane,
  operations: {
    CreateApi: createApi,
    CreateIntegration: createIntegration,
    CreateRoute: createRoute,
    CreateStage: createStage,
    DeleteApi: deleteApi,
    DeleteIntegration: deleteIntegration,
    DeleteRoute: deleteRoute,
    DeleteStage: deleteStage,
    GetApi: getApi,
    GetApis: getApis,
    GetIntegrations: getIntegrations,
    GetRoutes: getRoutes,
    GetStages: getStages,
    UpdateApi: updateApi,
  },
});

export const executeApi: ServiceFactory = (world) => ({
  name: 'execute-api',
  protocol: 'restJson',
  state: openApiState(world),
  route: routeDataPlane,
  operations: { Invoke: invokeApi },
});

import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::ApiGatewayV2::Route */
export const httpApiRoute = resourceType({
  properties: z.strictObject({
    ApiId: z.string(),
    RouteKey: z.string(),
    Target: z.string(),
    AuthorizationType: z.enum(['AWS_IAM', 'NONE']),
  }),
  async apply({ ApiId, RouteKey, Target, AuthorizationType }, { call, previous }) {
    if (previous) await unlessGone(() => call('apigateway', 'DeleteRoute', { apiId: ApiId, routeId: previous.ref }));
    const { routeId } = await call<{ routeId: string }>('apigateway', 'CreateRoute', {
      apiId: ApiId,
      routeKey: RouteKey,
      target: Target,
      authorizationType: AuthorizationType,
    });
    return { ref: routeId, attributes: { apiId: ApiId } };
  },
  remove: ({ ref, attributes }, { call }) =>
    unlessGone(() => call('apigateway', 'DeleteRoute', { apiId: attributes['apiId'], routeId: ref })),
});

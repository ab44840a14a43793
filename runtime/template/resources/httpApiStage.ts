import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';

/** AWS::ApiGatewayV2::Stage, deployed by itself. */
export const httpApiStage = resourceType({
  properties: z.strictObject({
    ApiId: z.string(),
    StageName: z.string(),
    AutoDeploy: z.literal(true),
    DefaultRouteSettings: z.strictObject({ DetailedMetricsEnabled: z.literal(false).optional() }).optional(),
  }),
  async apply({ ApiId, StageName }, { call }) {
    await unlessThere(['ConflictException'], () =>
      call('apigateway', 'CreateStage', { apiId: ApiId, stageName: StageName, autoDeploy: true }),
    );
    return { ref: StageName, attributes: { apiId: ApiId } };
  },
  remove: ({ ref, attributes }, { call }) =>
    unlessGone(() => call('apigateway', 'DeleteStage', { apiId: attributes['apiId'], stageName: ref })),
});

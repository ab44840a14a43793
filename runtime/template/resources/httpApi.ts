import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::ApiGatewayV2::Api, of protocol HTTP. */
export const httpApi = resourceType({
  properties: z.strictObject({ Name: z.string(), ProtocolType: z.literal('HTTP'), Description: z.string().optional() }),
  async apply({ Name, ProtocolType, Description }, { world, call, previous }) {
    const settings = { name: Name, ...(Description && { description: Description }) };
    const apiId =
      previous?.ref ??
      (await call<{ apiId: string }>('apigateway', 'CreateApi', { ...settings, protocolType: ProtocolType })).apiId;
    if (previous) await call('apigateway', 'UpdateApi', { apiId, ...settings });
    return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: `${world.endpoint}/execute-api/${apiId}` } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('apigateway', 'DeleteApi', { apiId: ref })),
});

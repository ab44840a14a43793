import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::ApiGatewayV2::Integration with a Lambda function. */
export const httpApiIntegration = resourceType({
  properties: z.strictObject({
    ApiId: z.string(),
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: z.string(),
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: z.int().optional(),
  }),
  async apply(given, { call, previous }) {
    const settings = {
      apiId: given.ApiId,
      integrationType: given.IntegrationType,
      integrationUri: given.IntegrationUri,
      payloadFormatVersion: given.PayloadFormatVersion,
      ...(given.TimeoutInMillis !== undefined && { timeoutInMillis: given.TimeoutInMillis }),
    };
    // Replaced rather than changed: routes are brought about after it and take the new id.
    if (previous)
      await unlessGone(() =>
        call('apigateway', 'DeleteIntegration', { apiId: given.ApiId, integrationId: previous.ref }),
      );
    const { integrationId } = await call<{ integrationId: string }>('apigateway', 'CreateIntegration', settings);
    return { ref: integrationId, attributes: { apiId: given.ApiId } };
  },
  remove: ({ ref, attributes }, { call }) =>
    unlessGone(() => call('apigateway', 'DeleteIntegration', { apiId: attributes['apiId'], integrationId: ref })),
});

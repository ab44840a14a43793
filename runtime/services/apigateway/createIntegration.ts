import * as z from 'zod';
import { operation } from '../../operation.ts';
import { apiNeed, created, findApi, identifier, type ApiState, type Integration } from './apiState.ts';

const input = z.strictObject({
  apiId: identifier,
  integrationType: z.literal('AWS_PROXY'),
  integrationUri: z.string().regex(/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]+(:\$LATEST)?$/, {
    error: 'Member must be the ARN of a Lambda function',
  }),
  payloadFormatVersion: z.literal('2.0'),
  timeoutInMillis: z.int().min(50).max(30_000).optional(),
  connectionType: z.literal('INTERNET').optional(),
  integrationMethod: z.literal('POST').optional(),
});

/** CreateIntegration with a Lambda function; HTTP and service integrations are not supported. */
export const createIntegration = operation<ApiState, z.output<typeof input>, unknown>({
  input,
  needs: ({ apiId }, { world }) => apiNeed(world, 'POST', `/${apiId}/integrations`),
  async run(given, { world, state }) {
    findApi(state, given.apiId);
    const integration: Integration = {
      timeoutInMillis: 30_000,
      connectionType: 'INTERNET',
      ...given,
      integrationId: world.ids.hex(4),
    };
    state.integrations.set(`${given.apiId}/${integration.integrationId}`, integration);
    await world.store.flushed();
    return created(integration);
  },
});

import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

const destination = z.strictObject({ Destination: z.string() }).optional();

/** AWS::Lambda::EventInvokeConfig */
export const eventInvokeConfig = resourceType({
  properties: z.strictObject({
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: z.int().optional(),
    MaximumEventAgeInSeconds: z.int().optional(),
    DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
  }),
  async apply(config, { call }) {
    await call('lambda', 'PutFunctionEventInvokeConfig', config);
    return { ref: config.FunctionName, attributes: {} };
  },
  remove: ({ ref }, { call }) =>
    unlessGone(() => call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName: ref })),
});

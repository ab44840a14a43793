import * as z from 'zod';
import { operation } from '../../operation.ts';
import { eventInvokeConfigOf } from './eventInvokeConfig.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const destination = z
  .strictObject({
    Destination: z
      .string()
      .regex(/^(?:arn:aws:(?:sqs|sns|lambda):[a-z0-9-]+:\d{12}:[\w.:$-]+)?$/)
      .optional(),
  })
  .optional();

// Event buses and buckets are no known destinations.
const input = z.strictObject({
  FunctionName: functionName,
  Qualifier: latestQualifier,
  MaximumRetryAttempts: z.int().min(0).max(2).optional(),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).optional(),
  DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
});

/** PutFunctionEventInvokeConfig: replaces the limits and destinations of asynchronous invocation. */
export const putFunctionEventInvokeConfig = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:PutFunctionEventInvokeConfig', resource: arnOf(world, FunctionName) },
  ],
  async run({ FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    const onSuccess = DestinationConfig?.OnSuccess?.Destination;
    const onFailure = DestinationConfig?.OnFailure?.Destination;
    const kept = await keepFunction(state, world, {
      ...fn,
      eventInvokeConfig: {
        lastModified: world.clock.now(),
        ...(MaximumRetryAttempts !== undefined && { maximumRetryAttempts: MaximumRetryAttempts }),
        ...(MaximumEventAgeInSeconds !== undefined && { maximumEventAgeInSeconds: MaximumEventAgeInSeconds }),
        ...(onSuccess && { onSuccess }),
        ...(onFailure && { onFailure }),
      },
    });
    return eventInvokeConfigOf(kept);
  },
});

import * as z from 'zod';
import { operation } from '../../operation.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({
  FunctionName: functionName,
  Qualifier: latestQualifier,
  MaximumRetryAttempts: z.int().min(0).max(2).optional(),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).optional(),
});

/** PutFunctionEventInvokeConfig: replaces the limits of asynchronous invocation. Destinations are not supported. */
export const putFunctionEventInvokeConfig = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:PutFunctionEventInvokeConfig', resource: arnOf(world, FunctionName) },
  ],
  async run({ FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    const lastModified = world.clock.now();
    await keepFunction(state, world, {
      ...fn,
      eventInvokeConfig: {
        lastModified,
        ...(MaximumRetryAttempts !== undefined && { maximumRetryAttempts: MaximumRetryAttempts }),
        ...(MaximumEventAgeInSeconds !== undefined && { maximumEventAgeInSeconds: MaximumEventAgeInSeconds }),
      },
    });
    return {
      FunctionArn: `${fn.arn}:$LATEST`,
      LastModified: lastModified / 1000,
      MaximumRetryAttempts,
      MaximumEventAgeInSeconds,
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
    };
  },
});

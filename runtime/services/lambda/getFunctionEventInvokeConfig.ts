import * as z from 'zod';
import { operation } from '../../operation.ts';
import { eventInvokeConfigOf } from './eventInvokeConfig.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName, Qualifier: latestQualifier });

/** GetFunctionEventInvokeConfig: the limits and destinations of asynchronous invocation. */
export const getFunctionEventInvokeConfig = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:GetFunctionEventInvokeConfig', resource: arnOf(world, FunctionName) },
  ],
  run: ({ FunctionName }, { world, state }) => eventInvokeConfigOf(findFunction(state, world, FunctionName)),
});

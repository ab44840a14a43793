import * as z from 'zod';
import { operation } from '../../operation.ts';
import { noContent } from './answers.ts';
import { eventInvokeConfigOf } from './eventInvokeConfig.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName, Qualifier: latestQualifier });

/** DeleteFunctionEventInvokeConfig: back to the defaults of asynchronous invocation. */
export const deleteFunctionEventInvokeConfig = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:DeleteFunctionEventInvokeConfig', resource: arnOf(world, FunctionName) },
  ],
  async run({ FunctionName }, { world, state }) {
    const found = findFunction(state, world, FunctionName);
    eventInvokeConfigOf(found);
    const { eventInvokeConfig: _, ...fn } = found;
    await keepFunction(state, world, fn);
    return noContent;
  },
});

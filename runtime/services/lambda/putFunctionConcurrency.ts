import * as z from 'zod';
import { operation } from '../../operation.ts';
import { arnOf, functionName } from './functionRecord.ts';
import { findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName, ReservedConcurrentExecutions: z.int().min(0) });

/** PutFunctionConcurrency: more events than this at a time are throttled; 0 stops the function. */
export const putFunctionConcurrency = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:PutFunctionConcurrency', resource: arnOf(world, FunctionName) },
  ],
  async run({ FunctionName, ReservedConcurrentExecutions }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    await keepFunction(state, world, { ...fn, reservedConcurrency: ReservedConcurrentExecutions });
    return { ReservedConcurrentExecutions };
  },
});

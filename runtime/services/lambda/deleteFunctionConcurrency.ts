import * as z from 'zod';
import { operation } from '../../operation.ts';
import { noContent } from './answers.ts';
import { arnOf, functionName } from './functionRecord.ts';
import { findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName });

export const deleteFunctionConcurrency = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:DeleteFunctionConcurrency', resource: arnOf(world, FunctionName) },
  ],
  async run({ FunctionName }, { world, state }) {
    const { reservedConcurrency: _, ...fn } = findFunction(state, world, FunctionName);
    await keepFunction(state, world, fn);
    return noContent;
  },
});

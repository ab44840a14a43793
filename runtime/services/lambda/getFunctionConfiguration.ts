import * as z from 'zod';
import { operation } from '../../operation.ts';
import { arnOf, configurationOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName, Qualifier: latestQualifier });

export const getFunctionConfiguration = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:GetFunctionConfiguration', resource: arnOf(world, FunctionName) },
  ],
  run: ({ FunctionName }, { world, state }) => configurationOf(findFunction(state, world, FunctionName)),
});

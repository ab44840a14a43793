import * as z from 'zod';
import { operation } from '../../operation.ts';
import { arnOf, configurationOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName, Qualifier: latestQualifier });

/** GetFunction; `Code` has no Location, because the runtime keeps the unpacked bundle and not the zip. */
export const getFunction = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [{ action: 'lambda:GetFunction', resource: arnOf(world, FunctionName) }],
  run({ FunctionName }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    return {
      Configuration: configurationOf(fn),
      Code: { RepositoryType: 'S3' },
      ...(Object.keys(fn.tags).length > 0 && { Tags: fn.tags }),
      ...(fn.reservedConcurrency !== undefined && {
        Concurrency: { ReservedConcurrentExecutions: fn.reservedConcurrency },
      }),
    };
  },
});

import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { findFunction, type LambdaState } from './lambdaState.ts';
import { policyDocument } from './resourcePolicy.ts';

const input = z.strictObject({ FunctionName: functionName, Qualifier: latestQualifier });

export const getPolicy = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [{ action: 'lambda:GetPolicy', resource: arnOf(world, FunctionName) }],
  run({ FunctionName }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    if (fn.policy.length === 0)
      throw new AwsError('ResourceNotFoundException', 'No policy is associated with the given resource.', 404, {
        Type: 'User',
      });
    return { Policy: JSON.stringify(policyDocument(fn.policy)), RevisionId: fn.revisionId };
  },
});

import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { noContent } from './answers.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { checkRevision, findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({
  FunctionName: functionName,
  StatementId: z.string().min(1).max(100),
  Qualifier: latestQualifier,
  RevisionId: z.string().optional(),
});

export const removePermission = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [{ action: 'lambda:RemovePermission', resource: arnOf(world, FunctionName) }],
  async run({ FunctionName, StatementId, RevisionId }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    checkRevision(fn, RevisionId);
    const policy = fn.policy.filter(({ Sid }) => Sid !== StatementId);
    if (policy.length === fn.policy.length)
      throw new AwsError(
        'ResourceNotFoundException',
        `Statement ${StatementId} is not found in resource policy.`,
        404,
        { Type: 'User' },
      );
    await keepFunction(state, world, { ...fn, policy });
    return noContent;
  },
});

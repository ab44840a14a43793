import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { created } from './answers.ts';
import { arnOf, functionName, latestQualifier } from './functionRecord.ts';
import { checkRevision, findFunction, keepFunction, type LambdaState } from './lambdaState.ts';
import type { PolicyStatement } from './resourcePolicy.ts';

const input = z.strictObject({
  FunctionName: functionName,
  StatementId: z
    .string()
    .max(100)
    .regex(/^([a-zA-Z0-9-_]+)$/),
  Action: z.string().regex(/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/),
  Principal: z.string().regex(/^[^\s]+$/),
  SourceArn: z
    .string()
    .regex(/^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-[a-z]+)+-\d{1})?:(\d{12})?:(.*)$/)
    .optional(),
  SourceAccount: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  Qualifier: latestQualifier,
  RevisionId: z.string().optional(),
});

/** AddPermission for AWS services; roles of the account get their permissions from their own policies. */
export const addPermission = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [{ action: 'lambda:AddPermission', resource: arnOf(world, FunctionName) }],
  async run({ FunctionName, StatementId, Action, Principal, SourceArn, SourceAccount, RevisionId }, { world, state }) {
    const fn = findFunction(state, world, FunctionName);
    checkRevision(fn, RevisionId);
    if (!/^[a-z0-9.-]+\.amazonaws\.com$/.test(Principal))
      throw new AwsError(
        'NotImplemented',
        `NotImplemented: AddPermission for principal ${Principal}; the runtime knows service principals such as events.amazonaws.com`,
        501,
      );
    if (fn.policy.some(({ Sid }) => Sid === StatementId))
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        409,
        { Type: 'User' },
      );
    const condition: PolicyStatement['Condition'] = {
      ...(SourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
      ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    };
    const statement: PolicyStatement = {
      Sid: StatementId,
      Effect: 'Allow',
      Principal: { Service: Principal },
      Action,
      Resource: fn.arn,
      ...(Object.keys(condition).length > 0 && { Condition: condition }),
    };
    await keepFunction(state, world, { ...fn, policy: [...fn.policy, statement] });
    return created({ Statement: JSON.stringify(statement) });
  },
});

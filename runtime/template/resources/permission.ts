import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::Lambda::Permission */
export const permission = resourceType({
  properties: z.strictObject({
    FunctionName: z.string(),
    Action: z.literal('lambda:InvokeFunction'),
    Principal: z.string(),
    SourceArn: z.string().optional(),
    SourceAccount: z.string().optional(),
  }),
  async apply(given, { call, logicalId }) {
    const { FunctionName } = given;
    await unlessGone(() => call('lambda', 'RemovePermission', { FunctionName, StatementId: logicalId }));
    await call('lambda', 'AddPermission', { ...given, StatementId: logicalId });
    return { ref: logicalId, attributes: { functionName: FunctionName } };
  },
  remove: ({ ref, attributes }, { call }) =>
    unlessGone(() =>
      call('lambda', 'RemovePermission', { FunctionName: attributes['functionName'], StatementId: ref }),
    ),
});

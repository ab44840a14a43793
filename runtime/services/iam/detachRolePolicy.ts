import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { policyArn, roleName } from './roleGrammar.ts';
import { existingRole, keepRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, PolicyArn: policyArn });

export const detachRolePolicy = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: (it, call) =>
    roleNeed('DetachRolePolicy')(it, call).map((need) => ({ ...need, context: { 'iam:PolicyARN': it.PolicyArn } })),
  async run({ RoleName, PolicyArn }, call) {
    const role = existingRole(call, RoleName);
    if (!role.attached.includes(PolicyArn))
      throw new AwsError('NoSuchEntity', `Policy ${PolicyArn} was not found.`, 404);
    await keepRole(call, { ...role, attached: role.attached.filter((arn) => arn !== PolicyArn) });
    return {};
  },
});

import * as z from 'zod';
import { managedPolicies } from '../../iam/managedPolicies.ts';
import { AwsError, operation } from '../../operation.ts';
import { policyArn, roleName } from './roleGrammar.ts';
import { existingRole, keepRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, PolicyArn: policyArn });

export const attachRolePolicy = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: (it, call) =>
    roleNeed('AttachRolePolicy')(it, call).map((need) => ({ ...need, context: { 'iam:PolicyARN': it.PolicyArn } })),
  async run({ RoleName, PolicyArn }, call) {
    const role = existingRole(call, RoleName);
    if (!Object.hasOwn(managedPolicies, PolicyArn))
      throw new AwsError(
        'NoSuchEntity',
        `Policy ${PolicyArn} does not exist or is not attachable: this runtime knows ${Object.keys(managedPolicies).join(', ')}; write other permissions as an inline policy.`,
        404,
      );
    if (!role.attached.includes(PolicyArn)) await keepRole(call, { ...role, attached: [...role.attached, PolicyArn] });
    return {};
  },
});

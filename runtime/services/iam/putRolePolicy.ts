import * as z from 'zod';
import { parsePolicy } from '../../iam/policy.ts';
import { operation } from '../../operation.ts';
import { policyName, policyText, roleName } from './roleGrammar.ts';
import { existingRole, keepRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, PolicyName: policyName, PolicyDocument: policyText });

export const putRolePolicy = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('PutRolePolicy'),
  async run({ RoleName, PolicyName, PolicyDocument }, call) {
    const role = existingRole(call, RoleName);
    parsePolicy(PolicyDocument, 'identity');
    await keepRole(call, { ...role, inline: { ...role.inline, [PolicyName]: PolicyDocument } });
    return {};
  },
});

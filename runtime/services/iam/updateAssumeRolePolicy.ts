import * as z from 'zod';
import { parsePolicy } from '../../iam/policy.ts';
import { operation } from '../../operation.ts';
import { policyText, roleName } from './roleGrammar.ts';
import { existingRole, keepRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, PolicyDocument: policyText });

export const updateAssumeRolePolicy = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('UpdateAssumeRolePolicy'),
  async run({ RoleName, PolicyDocument }, call) {
    const role = existingRole(call, RoleName);
    parsePolicy(PolicyDocument, 'trust');
    await keepRole(call, { ...role, trust: PolicyDocument });
    return {};
  },
});

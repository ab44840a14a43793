import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { policyName, roleName } from './roleGrammar.ts';
import { existingRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, PolicyName: policyName });

export const getRolePolicy = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('GetRolePolicy'),
  run({ RoleName, PolicyName }, call) {
    const text = existingRole(call, RoleName).inline[PolicyName];
    if (text === undefined)
      throw new AwsError('NoSuchEntity', `The role policy with name ${PolicyName} cannot be found.`, 404);
    return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(text) };
  },
});

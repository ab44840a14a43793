import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { policyName, roleName } from './roleGrammar.ts';
import { existingRole, keepRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, PolicyName: policyName });

export const deleteRolePolicy = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('DeleteRolePolicy'),
  async run({ RoleName, PolicyName }, call) {
    const role = existingRole(call, RoleName);
    const { [PolicyName]: text, ...inline } = role.inline;
    if (text === undefined)
      throw new AwsError('NoSuchEntity', `The role policy with name ${PolicyName} cannot be found.`, 404);
    await keepRole(call, { ...role, inline });
    return {};
  },
});

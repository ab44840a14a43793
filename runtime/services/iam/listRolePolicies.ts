import * as z from 'zod';
import { operation } from '../../operation.ts';
import { paging, roleName } from './roleGrammar.ts';
import { existingRole, pageOf, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, ...paging });

export const listRolePolicies = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('ListRolePolicies'),
  run({ RoleName, ...paging }, call) {
    const { page, more } = pageOf(Object.keys(existingRole(call, RoleName).inline), (name) => name, paging);
    return { PolicyNames: page, ...more };
  },
});

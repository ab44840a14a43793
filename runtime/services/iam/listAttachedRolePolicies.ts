import * as z from 'zod';
import { operation } from '../../operation.ts';
import { paging, roleName } from './roleGrammar.ts';
import { existingRole, pageOf, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName, ...paging });

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

export const listAttachedRolePolicies = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('ListAttachedRolePolicies'),
  run({ RoleName, ...paging }, call) {
    const { page, more } = pageOf(existingRole(call, RoleName).attached, (arn) => arn, paging);
    return { AttachedPolicies: page.map((arn) => ({ PolicyName: nameIn(arn), PolicyArn: arn })), ...more };
  },
});

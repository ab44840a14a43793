import * as z from 'zod';
import { operation } from '../../operation.ts';
import { roleName } from './roleGrammar.ts';
import { existingRole, roleNeed, roleView, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName });

export const getRole = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('GetRole'),
  run: ({ RoleName }, call) => ({ Role: roleView(existingRole(call, RoleName)) }),
});

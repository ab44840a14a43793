/** AWS Identity and Access Management, as far as roles of one account need it. */
import type { ServiceFactory } from '../../operation.ts';
import { attachRolePolicy } from './attachRolePolicy.ts';
import { createRole } from './createRole.ts';
import { deleteRole } from './deleteRole.ts';
import { deleteRolePolicy } from './deleteRolePolicy.ts';
import { detachRolePolicy } from './detachRolePolicy.ts';
import { getRole } from './getRole.ts';
import { getRolePolicy } from './getRolePolicy.ts';
import { listAttachedRolePolicies } from './listAttachedRolePolicies.ts';
import { listRolePolicies } from './listRolePolicies.ts';
import { listRoles } from './listRoles.ts';
import { putRolePolicy } from './putRolePolicy.ts';
import { rolesOf } from './roles.ts';
import { updateAssumeRolePolicy } from './updateAssumeRolePolicy.ts';

export const iam: ServiceFactory = (world) => ({
  name: 'iam',
  protocol: 'awsQuery',
  operations: {
    AttachRolePolicy: attachRolePolicy,
    CreateRole: createRole,
    DeleteRole: deleteRole,
    DeleteRolePolicy: deleteRolePolicy,
    DetachRolePolicy: detachRolePolicy,
    GetRole: getRole,
    GetRolePolicy: getRolePolicy,
    ListAttachedRolePolicies: listAttachedRolePolicies,
    ListRolePolicies: listRolePolicies,
    ListRoles: listRoles,
    PutRolePolicy: putRolePolicy,
    UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  },
  state: rolesOf(world),
});

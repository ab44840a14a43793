import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { roleName } from './roleGrammar.ts';
import { existingRole, roleNeed, type IamState } from './roles.ts';

const input = z.strictObject({ RoleName: roleName });

export const deleteRole = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: roleNeed('DeleteRole'),
  async run({ RoleName }, call) {
    const role = existingRole(call, RoleName);
    if (role.attached.length > 0)
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    if (Object.keys(role.inline).length > 0)
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    call.state.roles.delete(RoleName);
    await call.world.store.flushed();
    return {};
  },
});

import type { Identity } from '../../../asl/execution.ts';
import { AwsError, type Principal, type World } from '../../../operation.ts';
import { machinePrincipal } from '../principal.ts';
import { TaskError } from './integration.ts';

/**
 * The role of a task's Credentials: the machine's role must be allowed to assume it, and it must trust the machine's role.
 * Throws TaskError States.Permissions.
 */
export const assumedPrincipal = async (
  world: World,
  identity: Identity,
  own: Principal,
  roleArn: string,
): Promise<Principal> => {
  const principal = machinePrincipal(world, identity, roleArn);
  const RoleSessionName = principal.kind === 'role' ? principal.sessionName.padEnd(2, '-') : 'states';
  try {
    await world.call(own, 'sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // A runtime without roles has none to ask for.
    if (error.code !== 'UnknownServiceException')
      throw new TaskError(
        'States.Permissions',
        `The role ${identity.roleArn} is not authorized to assume the task state's role, ${roleArn}.`,
      );
  }
  return principal;
};

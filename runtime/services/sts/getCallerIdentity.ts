import * as z from 'zod';
import { operation, type Principal } from '../../operation.ts';

const input = z.strictObject({});

const userId = (principal: Principal, accountId: string): string =>
  principal.kind === 'role'
    ? `${principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1)}:${principal.sessionName}`
    : accountId;

export const getCallerIdentity = operation<object, z.infer<typeof input>, unknown>({
  input,
  // AWS answers this for every valid key, even one whose policies deny it.
  needs: () => [],
  run: (_, { world, principal }) => ({
    UserId: userId(principal, world.accountId),
    Account: world.accountId,
    Arn: principal.arn,
  }),
});

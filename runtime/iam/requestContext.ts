import type { Principal, World } from '../operation.ts';
import type { Context } from './conditions.ts';

/**
 * The global condition keys of a request with those its operation adds. The loopback interface counts as secure transport:
 * nothing on it leaves the machine.
 */
export const requestContext = (
  world: Pick<World, 'accountId' | 'region' | 'clock'>,
  principal: Principal,
  added: Readonly<Record<string, string>> = {},
): Context => {
  const now = world.clock.now();
  const context = new Map<string, readonly string[]>([
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(Math.floor(now / 1000))]],
    ['aws:requestedregion', [world.region]],
    ['aws:resourceaccount', [world.accountId]],
    ['aws:securetransport', ['true']],
    ['aws:sourceip', ['127.0.0.1']],
  ]);
  if (principal.kind === 'service') {
    context.set('aws:principalisawsservice', ['true']);
    context.set('aws:sourceaccount', [world.accountId]);
    if (principal.arn.startsWith('arn:')) context.set('aws:sourcearn', [principal.arn]);
  } else if (principal.kind !== 'anonymous') {
    context.set('aws:principalisawsservice', ['false']);
    context.set('aws:principalaccount', [world.accountId]);
    context.set('aws:principalarn', [principal.kind === 'role' ? principal.roleArn : principal.arn]);
    context.set('aws:principaltype', [principal.kind === 'role' ? 'AssumedRole' : 'Account']);
  }
  for (const [key, value] of Object.entries(added)) context.set(key.toLowerCase(), [value]);
  return context;
};

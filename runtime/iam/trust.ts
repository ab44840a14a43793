/** Trust policies: who may assume a role. */
import type { Principal } from '../operation.ts';
import type { Context } from './conditions.ts';
import { evaluate } from './evaluate.ts';
import type { Statement } from './policy.ts';

/** `lambda.amazonaws.com` for `lambda` and for itself. */
export const servicePrincipal = (service: string): string =>
  service.includes('.') ? service : `${service}.amazonaws.com`;

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const namesCaller = (trusted: readonly string[], principal: Principal): boolean =>
  trusted.some((name) => {
    if (name === '*') return true;
    const account = accountOf(principal.arn);
    // Trusting an account, by number or by its root, trusts whom that account allows to assume the role.
    if (name === account || name === `arn:aws:iam::${account}:root`) return true;
    return name === principal.arn || (principal.kind === 'role' && name === principal.roleArn);
  });

/**
 * Whether a statement of a resource's own policy is about the principal. An account that is allowed something leaves it to the
 * policies of its roles; one that is denied it takes it from all of them.
 */
export const isAbout = ({ Principal: named, Effect }: Statement, principal: Principal): boolean => {
  if (named === '*' || named?.AWS?.includes('*')) return true;
  if (principal.kind === 'service') return (named?.Service ?? []).includes(servicePrincipal(principal.service));
  const names = named?.AWS ?? [];
  if (names.includes(principal.arn) || (principal.kind === 'role' && names.includes(principal.roleArn))) return true;
  const account = accountOf(principal.arn);
  return Effect === 'Deny' && (names.includes(account) || names.includes(`arn:aws:iam::${account}:root`));
};

const speaksOf = ({ Principal: trusted }: Statement, principal: Principal): boolean => {
  if (principal.kind === 'service')
    return trusted !== '*' && (trusted?.Service ?? []).includes(servicePrincipal(principal.service));
  if (principal.kind === 'anonymous') return false;
  return trusted === '*' || namesCaller(trusted?.AWS ?? [], principal);
};

/** True if the role's trust policy lets the principal assume it. */
export const trusts = (
  statements: readonly Statement[],
  principal: Principal,
  roleArn: string,
  context: Context,
): boolean => {
  const relevant = statements.filter((statement) => speaksOf(statement, principal));
  const policy = { name: 'trust', statements: relevant };
  return evaluate([policy], { action: 'sts:AssumeRole', resource: roleArn, context }).kind === 'allow';
};

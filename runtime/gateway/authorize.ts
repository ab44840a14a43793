/** Whether a principal may do what an operation needs, by the identity-based policies of its role. */
import { evaluate, type Decision } from '../iam/evaluate.ts';
import { requestContext } from '../iam/requestContext.ts';
import { policiesOf, roleNameOf, rolesTable, type RoleRecord } from '../iam/role.ts';
import { openUsage, type RoleUsage } from '../iam/usage.ts';
import { AwsError, type Need, type Principal, type Service, type World } from '../operation.ts';
import type { Authorize } from './dispatch.ts';

const reasons = {
  implicitDeny: (action: string) => `because no identity-based policy allows the ${action} action`,
  explicitDeny: () => 'with an explicit deny in an identity-based policy',
};

const denied = (principal: Principal, { action, resource }: Need, kind: keyof typeof reasons, service: Service) => {
  const plain = service.protocol === 'restXml' || service.protocol === 'awsQuery';
  const shown = service.protocol === 'restXml' ? `"${resource}"` : resource;
  return new AwsError(
    plain ? 'AccessDenied' : 'AccessDeniedException',
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${shown} ${reasons[kind](action)}`,
    service.protocol.startsWith('awsJson') ? 400 : 403,
  );
};

export interface Authorizer {
  authorize: Authorize;
  /** What each known role was granted, denied and did not use. */
  report(): RoleUsage[];
}

/**
 * Root and AWS services may do everything; an anonymous caller only what needs nothing. Roles are checked where the runtime has
 * an `iam` service: without one there are no policies to check against.
 */
export const openAuthorizer = (world: World, services: ReadonlyMap<string, Service>): Authorizer => {
  const roles = world.store.table<RoleRecord>(rolesTable);
  const usage = openUsage();
  const decide = (principal: Extract<Principal, { kind: 'role' }>, need: Need): Decision => {
    const role = roles.get(roleNameOf(principal.roleArn) ?? '');
    // A role that was deleted has no permissions left, whoever still holds its credentials.
    if (role?.arn !== principal.roleArn) return { kind: 'implicitDeny' };
    const context = requestContext(world, principal, need.context);
    const decision = evaluate(policiesOf(role), { action: need.action, resource: need.resource, context });
    usage.note(role.arn, need.action, need.resource, decision);
    return decision;
  };
  return {
    authorize(principal, needs, service) {
      if (principal.kind === 'root' || principal.kind === 'service') return;
      if (principal.kind === 'role' && !services.has('iam')) return;
      for (const need of needs) {
        const decision = principal.kind === 'role' ? decide(principal, need) : ({ kind: 'implicitDeny' } as const);
        if (decision.kind !== 'allow') throw denied(principal, need, decision.kind, service);
      }
    },
    report: () => Array.from(roles.values(), (role) => usage.report(role.arn, policiesOf(role))),
  };
};

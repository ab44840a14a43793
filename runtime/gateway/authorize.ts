/** Whether a principal may do what an operation needs, by the policies of its role and the policy of the resource. */
import { evaluate, type Decision } from '../iam/evaluate.ts';
import { requestContext } from '../iam/requestContext.ts';
import { policiesOf, roleNameOf, rolesTable, type RoleRecord } from '../iam/role.ts';
import { isAbout, servicePrincipal } from '../iam/trust.ts';
import { openUsage, type RoleUsage } from '../iam/usage.ts';
import { AwsError, type Need, type Principal, type Service, type World } from '../operation.ts';
import type { Authorize } from './dispatch.ts';

type Basis = 'identity-based' | 'resource-based';

const reasons = {
  implicitDeny: (action: string, basis: Basis) => `because no ${basis} policy allows the ${action} action`,
  explicitDeny: (_: string, basis: Basis) =>
    `with an explicit deny in ${basis === 'identity-based' ? 'an' : 'a'} ${basis} policy`,
};

const denied = (
  principal: Principal,
  { action, resource }: Need,
  kind: keyof typeof reasons,
  service: Service,
  basis: Basis = 'identity-based',
) => {
  const caller = principal.kind === 'service' ? servicePrincipal(principal.service) : principal.arn;
  const plain = service.protocol === 'restXml' || service.protocol === 'awsQuery';
  const shown = service.protocol === 'restXml' ? `"${resource}"` : resource;
  return new AwsError(
    plain ? 'AccessDenied' : 'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action} on resource: ${shown} ${reasons[kind](action, basis)}`,
    service.protocol.startsWith('awsJson') ? 400 : 403,
  );
};

export interface Authorizer {
  authorize: Authorize;
  /** What each known role was granted, denied and did not use. */
  report(): RoleUsage[];
}

/**
 * Root may do everything, AWS services too but for what a resource's policy must allow them; an anonymous caller only what needs
 * nothing. Roles are checked where the runtime has an `iam` service: without one there are no policies to check against.
 */
export const openAuthorizer = (world: World, services: ReadonlyMap<string, Service>): Authorizer => {
  const roles = world.store.table<RoleRecord>(rolesTable);
  const usage = openUsage();
  const decide = (
    principal: Extract<Principal, { kind: 'role' }>,
    need: Need,
    byResource: Decision | undefined,
  ): Decision => {
    const role = roles.get(roleNameOf(principal.roleArn) ?? '');
    // A role that was deleted has no permissions left, whoever still holds its credentials.
    if (role?.arn !== principal.roleArn) return { kind: 'implicitDeny' };
    const context = requestContext(world, principal, need.context);
    const decision = evaluate(policiesOf(role), { action: need.action, resource: need.resource, context });
    if (decision.kind === 'implicitDeny' && byResource?.kind === 'allow') return byResource;
    usage.note(role.arn, need.action, need.resource, decision);
    return decision;
  };
  /** What the resource's own policy says of the caller; undefined where it has none to ask. */
  const decideByResource = (principal: Principal, need: Need): Decision | undefined => {
    if (!need.resourcePolicy) return undefined;
    const statements = need.resourcePolicy.filter((statement) => isAbout(statement, principal));
    const context = requestContext(world, principal, need.context);
    const policy = { name: 'resource', statements };
    return evaluate([policy], { action: need.action, resource: need.resource, context });
  };
  return {
    authorize(principal, needs, service) {
      if (principal.kind === 'root') return;
      if (principal.kind === 'role' && !services.has('iam')) return;
      for (const need of needs) {
        const byResource = decideByResource(principal, need);
        if (byResource?.kind === 'explicitDeny')
          throw denied(principal, need, 'explicitDeny', service, 'resource-based');
        if (principal.kind === 'service') {
          if (byResource?.kind === 'implicitDeny')
            throw denied(principal, need, 'implicitDeny', service, 'resource-based');
          continue;
        }
        const decision =
          principal.kind === 'role' ? decide(principal, need, byResource) : ({ kind: 'implicitDeny' } as const);
        if (decision.kind !== 'allow') throw denied(principal, need, decision.kind, service);
      }
    },
    report: () => Array.from(roles.values(), (role) => usage.report(role.arn, policiesOf(role))),
  };
};

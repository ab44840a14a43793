/** What roles asked for and what came of it, so that a full run can name missing and superfluous permissions. */
import type { Decision, Grant, NamedPolicy } from './evaluate.ts';

export interface RoleUsage {
  roleArn: string;
  /** Requests no policy allowed, or one denied; the newest thousand of distinct action and resource. */
  denied: { action: string; resource: string; explicit: boolean; times: number }[];
  /** Actions of Allow statements that granted something. `statement` counts from 0. */
  used: (Grant & { times: number })[];
  /** Actions of Allow statements that granted nothing since the runtime started. */
  unused: Grant[];
}

const deniedKept = 1000;

interface Counted {
  denied: Map<string, { action: string; resource: string; explicit: boolean; times: number }>;
  used: Map<string, Grant & { times: number }>;
}

const keyOf = ({ policy, statement, action }: Grant) => JSON.stringify([policy, statement, action]);

export interface Usage {
  note(roleArn: string, action: string, resource: string, decision: Decision): void;
  /** `policies` are the role's present ones, against which unused actions are told. */
  report(roleArn: string, policies: readonly NamedPolicy[]): RoleUsage;
}

export const openUsage = (): Usage => {
  const roles = new Map<string, Counted>();
  const countedOf = (roleArn: string): Counted => {
    let counted = roles.get(roleArn);
    if (!counted) roles.set(roleArn, (counted = { denied: new Map(), used: new Map() }));
    return counted;
  };
  return {
    note(roleArn, action, resource, decision) {
      const { denied, used } = countedOf(roleArn);
      if (decision.kind === 'allow') {
        for (const grant of decision.by) {
          const key = keyOf(grant);
          const known = used.get(key);
          if (known) known.times++;
          else used.set(key, { ...grant, times: 1 });
        }
        return;
      }
      const key = JSON.stringify([action, resource]);
      const times = (denied.get(key)?.times ?? 0) + 1;
      denied.delete(key);
      denied.set(key, { action, resource, explicit: decision.kind === 'explicitDeny', times });
      const [oldest] = denied.keys();
      if (denied.size > deniedKept && oldest !== undefined) denied.delete(oldest);
    },
    report(roleArn, policies) {
      const { denied, used } = countedOf(roleArn);
      const grants = policies.flatMap(({ name, statements }) =>
        statements.flatMap((statement, index) =>
          statement.Effect === 'Allow'
            ? (statement.Action ?? []).map((action): Grant => ({ policy: name, statement: index, action }))
            : [],
        ),
      );
      return {
        roleArn,
        denied: [...denied.values()],
        used: [...used.values()],
        unused: grants.filter((grant) => !used.has(keyOf(grant))),
      };
    },
  };
};

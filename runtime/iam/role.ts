/** A role as the table `iam.roles` keeps it, by name. */
import type { NamedPolicy } from './evaluate.ts';
import { managedPolicies } from './managedPolicies.ts';
import { parsePolicy } from './policy.ts';

export interface RoleRecord {
  name: string;
  path: string;
  arn: string;
  id: string;
  /** Epoch seconds. */
  created: number;
  description?: string;
  /** Seconds. */
  maxSession: number;
  tags: { Key: string; Value: string }[];
  /** JSON text. */
  trust: string;
  /** JSON text by policy name. */
  inline: Record<string, string>;
  /** ARNs of managed policies. */
  attached: string[];
}

export const rolesTable = 'iam.roles';

/** The name in a role's ARN, which may have a path; undefined where it is no role's ARN. */
export const roleNameOf = (roleArn: string): string | undefined =>
  /^arn:aws:iam::\d{12}:role\/(?:[\u0021-\u007e]*\/)?([\w+=,.@-]{1,64})$/.exec(roleArn)?.[1];

const parsed = new WeakMap<RoleRecord, NamedPolicy[]>();

/** Inline and attached policies, parsed once per version of the record. */
export const policiesOf = (role: RoleRecord): readonly NamedPolicy[] => {
  let policies = parsed.get(role);
  if (!policies) {
    policies = [
      ...Object.entries(role.inline).map(([name, text]) => ({ name, statements: parsePolicy(text, 'identity') })),
      ...role.attached.map((arn) => ({ name: arn, statements: parsePolicy(managedPolicies[arn] ?? '', 'identity') })),
    ];
    parsed.set(role, policies);
  }
  return policies;
};

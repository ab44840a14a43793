/**
 * The decision on one request: an explicit Deny wins, then any Allow, else it is denied. Pure. Identity-based policies,
 * trust policies and the policies of queues and functions are evaluated; those of buckets and topics are not.
 */
import { allHold, type Context } from './conditions.ts';
import { compile, matches, type Lookup } from './pattern.ts';
import type { Statement } from './policy.ts';

export interface NamedPolicy {
  name: string;
  statements: readonly Statement[];
}

export interface PolicyRequest {
  action: string;
  resource: string;
  context: Context;
}

/** A statement that spoke: `action` is the pattern in it that matched. */
export interface Grant {
  policy: string;
  statement: number;
  action: string;
}

export type Decision = { kind: 'allow'; by: Grant[] } | { kind: 'explicitDeny'; by: Grant } | { kind: 'implicitDeny' };

const matching = (patterns: readonly string[], text: string, lookup: Lookup): string | undefined =>
  patterns.find((candidate) => {
    // Nearly every pattern is plain text; it need not be compiled.
    if (candidate === '*' || candidate === text) return true;
    if (!/[*?$]/.test(candidate)) return false;
    const pattern = compile(candidate, lookup);
    return pattern !== undefined && matches(pattern, text);
  });

const noVariables: Lookup = () => undefined;

const actionIn = ({ Action, NotAction = [] }: Statement, action: string): string | undefined => {
  const asked = action.toLowerCase();
  const hit = (patterns: readonly string[]) =>
    patterns.find((candidate) => matching([candidate.toLowerCase()], asked, noVariables) !== undefined);
  if (Action) return hit(Action);
  return hit(NotAction) === undefined ? `not ${NotAction.join(', ')}` : undefined;
};

const resourceIn = ({ Resource, NotResource }: Statement, resource: string, lookup: Lookup): boolean => {
  if (Resource) return matching(Resource, resource, lookup) !== undefined;
  return !NotResource || matching(NotResource, resource, lookup) === undefined;
};

/** Which of the policies' statements decide on a request, and how. */
export const evaluate = (policies: readonly NamedPolicy[], { action, resource, context }: PolicyRequest): Decision => {
  const lookup: Lookup = (key) => context.get(key.toLowerCase())?.[0];
  const by: Grant[] = [];
  for (const { name, statements } of policies)
    for (const [index, statement] of statements.entries()) {
      const hit = actionIn(statement, action);
      if (hit === undefined || !resourceIn(statement, resource, lookup)) continue;
      if (statement.Condition && !allHold(statement.Condition, context)) continue;
      const grant = { policy: name, statement: index, action: hit };
      if (statement.Effect === 'Deny') return { kind: 'explicitDeny', by: grant };
      by.push(grant);
    }
  return by.length > 0 ? { kind: 'allow', by } : { kind: 'implicitDeny' };
};

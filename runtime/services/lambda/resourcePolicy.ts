/** The policy attached to a function: which AWS services may invoke it, and on behalf of which resource. Pure. */
import type { Context } from '../../iam/conditions.ts';
import { evaluate } from '../../iam/evaluate.ts';
import type { Statement } from '../../iam/policy.ts';

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow';
  Principal: { Service: string };
  Action: string;
  Resource: string;
  /** Operator → context key → value. */
  Condition?: Record<string, Record<string, string>>;
}

export const policyDocument = (statements: readonly PolicyStatement[]) => ({
  Version: '2012-10-17',
  Id: 'default',
  Statement: statements,
});

/** Does the policy let this service (`events.amazonaws.com`) perform `action`? `context` has `aws:sourcearn`. */
export const serviceMay = (
  statements: readonly PolicyStatement[],
  { action, resource }: { action: string; resource: string },
  service: string,
  context: Context,
): boolean => {
  const named = statements.filter(({ Principal }) => Principal.Service === service);
  const policy = { name: 'function', statements: named.map(evaluated) };
  return evaluate([policy], { action, resource, context }).kind === 'allow';
};

/** The shape the policy engine reads: every scalar a list. */
const evaluated = ({ Effect, Action, Resource, Condition }: PolicyStatement): Statement => ({
  Effect,
  Action: [Action],
  Resource: [Resource],
  ...(Condition && {
    Condition: Object.fromEntries(
      Object.entries(Condition).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, [value]])),
      ]),
    ),
  }),
});

/** The grammar of policy documents, strict: an element or operator that would not be evaluated is refused when it is put. */
import * as z from 'zod';
import { AwsError } from '../operation.ts';
import { operatorFault, type Conditions } from './conditions.ts';

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const conditionValues = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
  .transform((value) => (Array.isArray(value) ? value : [value]).map(String));

const conditions: z.ZodType<Conditions> = z.record(
  z.string().superRefine((name, issues) => {
    const fault = operatorFault(name);
    if (fault) issues.addIssue({ code: 'custom', message: fault });
  }),
  z.record(z.string(), conditionValues),
);

const principals = z.union([z.literal('*'), z.partialRecord(z.enum(['AWS', 'Service']), oneOrMore)]);

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principals.optional(),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Condition: conditions.optional(),
  })
  .refine((it) => (it.Action === undefined) !== (it.NotAction === undefined), 'needs either Action or NotAction');

const document = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statement.transform((it) => [it]), z.array(statement).min(1)]),
});

export type Statement = z.infer<typeof statement>;

const malformed = (what: string, cause?: unknown) => {
  const error = new AwsError('MalformedPolicyDocument', `The policy is malformed: ${what}`);
  error.cause = cause;
  return error;
};

/** With the path of what is wrong; of a union the deepest finding is the one that was meant. */
const describe = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const inner = issue.errors.flat().toSorted((a, b) => b.path.length - a.path.length)[0];
    if (inner) return describe({ ...inner, path: [...issue.path, ...inner.path] });
  }
  if (issue.code === 'invalid_key' && issue.issues[0]) return `${issue.path.join('.')}: ${issue.issues[0].message}`;
  return `${issue.path.join('.') || 'document'}: ${issue.message}`;
};

/** The statements of a document's JSON text. Throws MalformedPolicyDocument (400) saying where it is wrong. */
export const parsePolicy = (text: string, kind: 'identity' | 'trust' | 'resource'): Statement[] => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
  const result = document.safeParse(json);
  if (!result.success) throw malformed(result.error.issues.map(describe).join('; '));
  const statements = result.data.Statement;
  statements.forEach((it, index) => {
    const at = `Statement.${index}`;
    const hasResource = (it.Resource === undefined) !== (it.NotResource === undefined);
    if (kind === 'identity' && it.Principal) throw malformed(`${at}: an identity-based policy has no Principal`);
    if (kind !== 'trust' && !hasResource) throw malformed(`${at} needs either Resource or NotResource`);
    if (kind !== 'identity' && !it.Principal) throw malformed(`${at} needs a Principal`);
    if (kind === 'trust' && (it.Resource ?? it.NotResource)) throw malformed(`${at}: a trust policy has no Resource`);
    for (const action of it.Action ?? it.NotAction ?? [])
      if (!/^(\*|[a-z0-9-]+:[\w*?]+)$/i.test(action))
        throw malformed(`${at}: '${action}' is no action; expected service:Action`);
  });
  return statements;
};

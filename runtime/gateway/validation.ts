/** Turns what a grammar found into the words AWS uses, and gives text the type its grammar asks for. */
import * as z from 'zod';
import { AwsError, type AnyOperation } from '../operation.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** `['Tags', 0, 'Key']` → `tags.1.member.key` */
const memberPath = (path: Path): string =>
  path.map((step) => (typeof step === 'number' ? `${step + 1}.member` : lowerFirst(String(step)))).join('.');

const at = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    input,
  );

const longest = 200;
const shown = (value: unknown): string => {
  if (value === undefined || value === null) return 'null';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
  return `'${text.length > longest ? `${text.slice(0, longest)}…` : text}'`;
};

const sized = new Set(['string', 'array', 'set', 'map', 'object']);

/** The constraint that failed, in the words of AWS's request validation. */
const constraint = (issue: Issue): string => {
  switch (issue.code) {
    case 'too_small': {
      const what = sized.has(issue.origin) ? 'length' : 'value';
      return `Member must have ${what} greater than ${issue.inclusive === false ? '' : 'or equal to '}${issue.minimum}`;
    }
    case 'too_big': {
      const what = sized.has(issue.origin) ? 'length' : 'value';
      return `Member must have ${what} less than ${issue.inclusive === false ? '' : 'or equal to '}${issue.maximum}`;
    }
    case 'invalid_format':
      return issue.pattern
        ? `Member must satisfy regular expression pattern: ${issue.pattern.replace(/^\/(.*)\/\w*$/s, '$1')}`
        : `Member must be a valid ${issue.format}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    case 'invalid_type':
      return `Member must be of type ${issue.expected}`;
    default:
      return issue.message;
  }
};

const sentence = (issue: Issue, input: unknown): string => {
  if (issue.path.length === 0) return issue.message;
  const value = at(input, issue.path);
  const missing = value === undefined || value === null;
  const why = missing && issue.code !== 'custom' ? 'Member must not be null' : constraint(issue);
  return `Value ${shown(value)} at '${memberPath(issue.path)}' failed to satisfy constraint: ${why}`;
};

/** Of a union, the alternative that was missed by least is what the caller meant. */
const flatten = (issue: Issue): Issue[] => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const wrongType = (branch: Issue[]) => branch.some((i) => i.code === 'invalid_type' && i.path.length === 0);
  const nearest = issue.errors.toSorted(
    (a, b) => Number(wrongType(a)) - Number(wrongType(b)) || a.length - b.length,
  )[0];
  return (nearest ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(flatten);
};

const codes: Readonly<Record<string, string>> = {
  iam: 'ValidationError',
  logs: 'InvalidParameterException',
  s3: 'InvalidArgument',
  sns: 'InvalidParameter',
  sqs: 'InvalidParameterValue',
  sts: 'ValidationError',
};

const knownMembers = (grammar: z.ZodType): string =>
  grammar instanceof z.ZodObject ? `; members known here: ${Object.keys(grammar.shape).join(', ')}` : '';

const refuse = (issues: readonly Issue[], input: unknown, call: ValidatedCall): AwsError => {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown) {
    const member = [call.operation, ...unknown.path.map(String), unknown.keys[0]].join('.');
    const known = unknown.path.length === 0 ? knownMembers(call.grammar) : '';
    return new AwsError('NotImplemented', `NotImplemented: ${member} is not supported by this runtime${known}`, 501);
  }
  // A member of another JSON type never reaches AWS's validation: its deserializer refuses it.
  const mistyped = issues.find(({ code, path }) => {
    const value = at(input, path);
    return code === 'invalid_type' && path.length > 0 && value !== undefined && value !== null;
  });
  if (mistyped?.code === 'invalid_type') {
    const value = at(input, mistyped.path);
    const got = Array.isArray(value) ? 'array' : typeof value;
    const where = memberPath(mistyped.path);
    return new AwsError(
      'SerializationException',
      `Expected a value of type ${mistyped.expected} at '${where}', got ${got}`,
    );
  }
  const count = issues.length === 1 ? '1 validation error' : `${issues.length} validation errors`;
  const text = issues.map((issue) => sentence(issue, input)).join('; ');
  // A single finding about the whole input is a sentence of the operation's own.
  const message = issues.length === 1 && issues[0]?.path.length === 0 ? text : `${count} detected: ${text}`;
  return new AwsError(codes[call.service] ?? 'ValidationException', message);
};

const fromText: Readonly<Record<string, (text: string) => unknown>> = {
  number: (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)),
  int: (text) => (/^-?\d+$/.test(text) ? Number(text) : undefined),
  boolean: (text) => ({ true: true, false: false })[text.toLowerCase()],
  // An empty list or map of a form is sent as an empty text.
  array: (text) => (text === '' ? [] : undefined),
  record: (text) => (text === '' ? {} : undefined),
};

/** Gives text the type its grammar expects, in place; true if anything changed. */
const convert = (issues: readonly Issue[], input: unknown): boolean => {
  let changed = false;
  for (const issue of issues) {
    if (issue.code !== 'invalid_type') continue;
    const last = issue.path.at(-1);
    const holder = at(input, issue.path.slice(0, -1));
    const value = at(input, issue.path);
    if (last === undefined || typeof holder !== 'object' || holder === null || typeof value !== 'string') continue;
    const typed = fromText[issue.expected]?.(value);
    if (typed === undefined) continue;
    Reflect.set(holder, last, typed);
    changed = true;
  }
  return changed;
};

interface ValidatedCall {
  service: string;
  operation: string;
  grammar: z.ZodType;
}

/**
 * The input as the operation's grammar reads it. `textual` inputs come from a form or a query string, where numbers and
 * booleans are text. Throws AwsError: ValidationException (or the service's own code), SerializationException, NotImplemented.
 */
export const validate = (
  service: string,
  operation: string,
  { input: grammar }: AnyOperation<unknown>,
  input: unknown,
  textual: boolean,
): unknown => {
  let result = grammar.safeParse(input);
  if (!result.success && textual && convert(result.error.issues.flatMap(flatten), input))
    result = grammar.safeParse(input);
  if (result.success) return result.data;
  throw refuse(result.error.issues.flatMap(flatten), input, { service, operation, grammar });
};

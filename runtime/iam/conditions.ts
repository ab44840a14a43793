/**
 * Condition operators. Several values of a key are alternatives, several keys and operators must all hold; a missing key
 * fails an operator unless it is a negated one or ends in IfExists.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { compile, matches, type Lookup } from './pattern.ts';

/** Context keys in lower case, as policies may write them in any case. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** Condition → operator → key → values, as in a policy with every scalar made a list. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Test = (asked: string, wanted: string, lookup: Lookup) => boolean;

const like: Test = (asked, wanted, lookup) => {
  const pattern = compile(wanted, lookup);
  return pattern !== undefined && matches(pattern, asked);
};

/** Without wildcards, but with variables. */
const equals: Test = (asked, wanted, lookup) =>
  like(
    asked,
    wanted.replace(/(\$\{[^}]*\})|([*?])/g, (_, kept?: string, wild?: string) => kept ?? `\${${wild}}`),
    lookup,
  );

const arnParts = (arn: string): string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** Each of the six parts of an ARN on its own, so that `*` does not reach across colons. */
const arnLike: Test = (asked, wanted, lookup) => {
  const [a, w] = [arnParts(asked), arnParts(wanted)];
  return a.length === w.length && a.every((part, index) => like(part, w[index] ?? '', lookup));
};

const compared =
  (read: (text: string) => number, holds: (asked: number, wanted: number) => boolean): Test =>
  (asked, wanted) =>
    holds(read(asked), read(wanted));

const dateOf = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const inRange: Test = (asked, wanted) => {
  const family = isIPv4(asked) ? 'ipv4' : isIPv6(asked) ? 'ipv6' : undefined;
  const [address = '', prefix = family === 'ipv4' ? '32' : '128'] = wanted.split('/');
  if (!family || !(family === 'ipv4' ? isIPv4(address) : isIPv6(address))) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list.check(asked, family);
};

interface Operator {
  test: Test;
  negated?: true;
}

const numeric = (holds: (asked: number, wanted: number) => boolean): Operator => ({ test: compared(Number, holds) });
const date = (holds: (asked: number, wanted: number) => boolean): Operator => ({ test: compared(dateOf, holds) });
const ignoringCase: Test = (asked, wanted, lookup) => equals(asked.toLowerCase(), wanted.toLowerCase(), lookup);

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { test: equals },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: ignoringCase },
  StringNotEqualsIgnoreCase: { test: ignoringCase, negated: true },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: arnLike },
  ArnNotEquals: { test: arnLike, negated: true },
  ArnLike: { test: arnLike },
  ArnNotLike: { test: arnLike, negated: true },
  Bool: { test: ignoringCase },
  NumericEquals: numeric((a, w) => a === w),
  NumericNotEquals: { ...numeric((a, w) => a === w), negated: true },
  NumericLessThan: numeric((a, w) => a < w),
  NumericLessThanEquals: numeric((a, w) => a <= w),
  NumericGreaterThan: numeric((a, w) => a > w),
  NumericGreaterThanEquals: numeric((a, w) => a >= w),
  DateEquals: date((a, w) => a === w),
  DateNotEquals: { ...date((a, w) => a === w), negated: true },
  DateLessThan: date((a, w) => a < w),
  DateLessThanEquals: date((a, w) => a <= w),
  DateGreaterThan: date((a, w) => a > w),
  DateGreaterThanEquals: date((a, w) => a >= w),
  IpAddress: { test: inRange },
  NotIpAddress: { test: inRange, negated: true },
};

const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** What is wrong with an operator's name, undefined when it can be evaluated. */
export const operatorFault = (name: string): string | undefined => {
  const [, , base = '', ifExists] = parts.exec(name) ?? [];
  if (base === 'Null' && !ifExists) return undefined;
  if (Object.hasOwn(operators, base)) return undefined;
  return `the condition operator ${name} is not one that can be evaluated here: ${Object.keys(operators).join(', ')}, Null`;
};

const holds = (
  name: string,
  asked: readonly string[] | undefined,
  wanted: readonly string[],
  lookup: Lookup,
): boolean => {
  const [, quantifier, base = '', ifExists] = parts.exec(name) ?? [];
  if (base === 'Null') return wanted.some((value) => (value.toLowerCase() === 'true') === (asked === undefined));
  const operator = operators[base];
  if (!operator) return false;
  if (asked === undefined || asked.length === 0)
    return (
      quantifier === 'ForAllValues' || ifExists !== undefined || (operator.negated === true && quantifier === undefined)
    );
  const one = (value: string) => {
    const met = wanted.some((candidate) => operator.test(value, candidate, lookup));
    return operator.negated ? !met : met;
  };
  // A negated test of a key with several values must hold for all of them, or one stray value would slip past a Deny.
  return quantifier === 'ForAllValues' || (operator.negated && !quantifier) ? asked.every(one) : asked.some(one);
};

/** True when every condition holds in the context of a request. */
export const allHold = (conditions: Conditions, context: Context): boolean => {
  const lookup: Lookup = (key) => context.get(key.toLowerCase())?.[0];
  return Object.entries(conditions).every(([name, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(name, context.get(key.toLowerCase()), wanted, lookup)),
  );
};

/** The policy attached to a function: which AWS services may invoke it, and on behalf of which resource. Pure. */

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow';
  Principal: { Service: string };
  Action: string;
  Resource: string;
  Condition?: { ArnLike?: { 'AWS:SourceArn': string }; StringEquals?: { 'AWS:SourceAccount': string } };
}

/** What a service presents when it invokes a function. */
export interface ServiceCaller {
  /** `events.amazonaws.com` */
  service: string;
  /** ARN of the rule, the route, the topic on whose behalf it calls. */
  sourceArn: string;
  sourceAccount: string;
}

export const policyDocument = (statements: readonly PolicyStatement[]) => ({
  Version: '2012-10-17',
  Id: 'default',
  Statement: statements,
});

/** Does one statement of a function's policy let this service perform `action`? */
export const serviceMay = (statements: readonly PolicyStatement[], action: string, caller: ServiceCaller): boolean =>
  statements.some(
    (statement) =>
      statement.Principal.Service === caller.service &&
      glob(statement.Action, action) &&
      arnLike(statement.Condition?.ArnLike?.['AWS:SourceArn'], caller.sourceArn) &&
      (statement.Condition?.StringEquals?.['AWS:SourceAccount'] ?? caller.sourceAccount) === caller.sourceAccount,
  );

/**
 * ArnLike: the six parts of an ARN are compared one by one, so that a `*` stays within its part; the last part is the
 * resource with all its colons and slashes. (IAM user guide, "Amazon Resource Name (ARN) condition operators".)
 */
const arnLike = (pattern: string | undefined, arn: string): boolean => {
  if (pattern === undefined) return true;
  const wanted = arnParts(pattern);
  const given = arnParts(arn);
  return wanted.length === given.length && wanted.every((part, index) => glob(part, given[index] ?? ''));
};

const arnParts = (arn: string): string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** `*` any characters, `?` one; written without a regular expression so that a pattern cannot make it slow. */
const glob = (pattern: string, text: string): boolean => {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
};

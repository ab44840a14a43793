import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../../../runtime/iam/evaluate.ts';
import { compile, matches } from '../../../runtime/iam/pattern.ts';
import { parsePolicy } from '../../../runtime/iam/policy.ts';

const decide = (
  statements: unknown,
  action: string,
  resource: string,
  context: Record<string, string | string[]> = {},
) => {
  const policy = {
    name: 'p',
    statements: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity'),
  };
  const keys = Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()] as const);
  return evaluate([policy], { action, resource, context: new Map(keys) }).kind;
};
const allow = (Condition: unknown) => ({ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition });

describe('statements', () => {
  test('nothing is allowed that no statement allows', () => {
    expect(decide({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }, 's3:PutObject', 'r')).toBe(
      'implicitDeny',
    );
  });
  test('an explicit deny wins in any order', () => {
    const statements = [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 's3:Delete*', Resource: 'arn:aws:s3:::keep/*' },
    ];
    expect(decide(statements, 's3:DeleteObject', 'arn:aws:s3:::keep/a')).toBe('explicitDeny');
    expect(decide(statements.toReversed(), 's3:DeleteObject', 'arn:aws:s3:::keep/a')).toBe('explicitDeny');
    expect(decide(statements, 's3:DeleteObject', 'arn:aws:s3:::other/a')).toBe('allow');
  });
  test('actions ignore case, resources do not', () => {
    const statement = { Effect: 'Allow', Action: 'S3:getobject', Resource: 'arn:aws:s3:::B/*' };
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::B/x')).toBe('allow');
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::b/x')).toBe('implicitDeny');
  });
  test('NotAction and NotResource speak of everything else', () => {
    const statement = {
      Effect: 'Allow',
      NotAction: 'iam:*',
      NotResource: ['arn:aws:s3:::secret', 'arn:aws:s3:::secret/*'],
    };
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::open/x')).toBe('allow');
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::secret/x')).toBe('implicitDeny');
    expect(decide(statement, 'iam:PassRole', 'arn:aws:s3:::open/x')).toBe('implicitDeny');
  });
  test('policy variables stand for the values of the request, without their wildcards', () => {
    const statement = {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/team}/*',
    };
    const key = 'aws:PrincipalTag/team';
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::b/red/x', { [key]: 'red' })).toBe('allow');
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::b/blue/x', { [key]: 'red' })).toBe('implicitDeny');
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::b/blue/x', { [key]: '*' })).toBe('implicitDeny');
    expect(decide(statement, 's3:GetObject', 'arn:aws:s3:::b/x/x')).toBe('implicitDeny');
  });
});

describe('conditions', () => {
  const key = 'aws:Key';
  test.each<[unknown, Record<string, string | string[]>, boolean]>([
    [{ StringEquals: { [key]: ['a', 'b'] } }, { [key]: 'b' }, true],
    [{ StringEquals: { [key]: 'a*' } }, { [key]: 'ab' }, false],
    [{ StringEquals: { [key]: 'a' } }, {}, false],
    [{ StringEqualsIfExists: { [key]: 'a' } }, {}, true],
    [{ StringNotEquals: { [key]: 'a' } }, {}, true],
    [{ StringNotEquals: { [key]: ['a', 'b'] } }, { [key]: 'b' }, false],
    [{ StringEqualsIgnoreCase: { [key]: 'AB' } }, { [key]: 'ab' }, true],
    [{ StringLike: { [key]: 'a?c*' } }, { [key]: 'abcdef' }, true],
    [{ StringNotLike: { [key]: 'a*' } }, { [key]: 'abc' }, false],
    [
      { ArnLike: { [key]: 'arn:aws:states:*:*:stateMachine:train*' } },
      { [key]: 'arn:aws:states:eu-west-1:1:stateMachine:train' },
      true,
    ],
    [{ ArnLike: { [key]: 'arn:aws:s*' } }, { [key]: 'arn:aws:states:eu-west-1:1:x' }, false],
    [{ Bool: { [key]: true } }, { [key]: 'true' }, true],
    [{ Null: { [key]: 'true' } }, {}, true],
    [{ Null: { [key]: 'false' } }, {}, false],
    [{ NumericLessThanEquals: { [key]: 10 } }, { [key]: '10' }, true],
    [{ NumericGreaterThan: { [key]: '10' } }, { [key]: '9.5' }, false],
    [{ DateLessThan: { [key]: '2026-01-01T00:00:00Z' } }, { [key]: '2025-12-31T23:59:59Z' }, true],
    [{ DateGreaterThan: { [key]: '1000' } }, { [key]: '1970-01-01T00:20:00Z' }, true],
    [{ IpAddress: { [key]: '127.0.0.0/8' } }, { [key]: '127.0.0.1' }, true],
    [{ NotIpAddress: { [key]: ['10.0.0.0/8', '::1/128'] } }, { [key]: '10.1.2.3' }, false],
    [{ 'ForAllValues:StringEquals': { [key]: ['a', 'b'] } }, { [key]: ['a', 'b', 'a'] }, true],
    [{ 'ForAllValues:StringEquals': { [key]: ['a', 'b'] } }, { [key]: ['a', 'c'] }, false],
    [{ 'ForAnyValue:StringLike': { [key]: ['b*'] } }, { [key]: ['a', 'bc'] }, true],
    [{ 'ForAnyValue:StringEquals': { [key]: ['a'] } }, {}, false],
    [{ StringEquals: { [key]: 'a' }, Bool: { 'aws:Other': 'true' } }, { [key]: 'a', 'AWS:other': 'false' }, false],
  ])('%j of %j', (condition, context, holds) => {
    expect(decide(allow(condition), 's3:GetObject', 'r', context)).toBe(holds ? 'allow' : 'implicitDeny');
  });
});

describe('documents that could not be evaluated are refused', () => {
  test.each([
    ['[]', 'Invalid input'],
    ['{', 'not JSON'],
    [{ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Principal: '*' }] }, 'no Principal'],
    [{ Statement: [{ Effect: 'Allow', Action: 's3:*' }] }, 'Resource or NotResource'],
    [{ Statement: [{ Effect: 'Allow', Resource: '*' }] }, 'Action or NotAction'],
    [{ Statement: [{ Effect: 'Allow', Action: 'GetObject', Resource: '*' }] }, "'GetObject' is no action"],
    [{ Statement: [{ Effect: 'allow', Action: 's3:*', Resource: '*' }] }, 'Statement.0.Effect'],
    [{ Statement: [allow({ BinaryEquals: { k: 'v' } })] }, 'the condition operator BinaryEquals is not one'],
    [{ Statement: [{ ...allow({}), Resourse: '*' }] }, 'Resourse'],
  ])('%j', (document, message) => {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    expect(() => parsePolicy(text, 'identity')).toThrow(message);
  });
});

test('a hostile pattern costs no more than its length times the text', () => {
  const pattern = compile(`${'a*'.repeat(2000)}b`, () => undefined) ?? [];
  expect(matches(pattern, 'a'.repeat(5000))).toBe(false);
});

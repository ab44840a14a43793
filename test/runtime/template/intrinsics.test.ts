import { describe, expect, test } from '@jest/globals';
import { references, resolve, type Scope } from '../../../runtime/template/intrinsics.ts';
import { creationOrder } from '../../../runtime/template/order.ts';

const scope: Scope = {
  ref: (name) => ({ Bucket: 'my-bucket', 'AWS::Region': 'eu-west-1' })[name] ?? fail(`no ${name}`),
  attribute: (id, name) => `${id}:${name}`,
  condition: (name) => name === 'Yes',
  mapping: (map, first, second) => `${map}/${first}/${second}`,
};

const fail = (message: string): never => {
  throw new Error(message);
};

describe('intrinsic functions', () => {
  test.each([
    [{ Ref: 'Bucket' }, 'my-bucket'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'Role:Arn'],
    [{ 'Fn::GetAtt': 'Role.Arn' }, 'Role:Arn'],
    [{ 'Fn::Sub': 'arn:${AWS::Region}:${Bucket}/${Role.Arn}' }, 'arn:eu-west-1:my-bucket/Role:Arn'],
    [{ 'Fn::Sub': ['${a}-${!literal}-${Bucket}', { a: { Ref: 'Bucket' } }] }, 'my-bucket-${literal}-my-bucket'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'Bucket' }, 3]] }, 'a/my-bucket/3'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
    [{ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'x'] }, 'M/eu-west-1/x'],
    [{ 'Fn::If': ['Yes', 'a', { Ref: 'Unknown' }] }, 'a'],
    [{ 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, true],
    [{ 'Fn::And': [true, { Condition: 'Yes' }] }, true],
    [{ 'Fn::Or': [false, { Condition: 'No' }] }, false],
    [{ 'Fn::Base64': 'a' }, 'YQ=='],
    [{ a: [{ Ref: 'AWS::NoValue' }, 1], b: { Ref: 'AWS::NoValue' } }, { a: [1] }],
    [
      { Condition: { Bool: { 'aws:SecureTransport': false } } },
      { Condition: { Bool: { 'aws:SecureTransport': false } } },
    ],
  ])('%j', (given, expected) => expect(resolve(given, scope)).toEqual(expected));

  test('that are not known are refused, with the known ones', () => {
    expect(() => resolve({ 'Fn::ImportValue': 'x' }, scope)).toThrow(
      /Unsupported function Fn::ImportValue; supported: Ref,/,
    );
  });

  test('tell what they refer to', () => {
    const value = { a: { Ref: 'A' }, b: { 'Fn::Sub': ['${B.Arn} ${own} ${!C}', { own: { 'Fn::GetAtt': 'D.Arn' } }] } };
    expect([...references(value)].toSorted()).toEqual(['A', 'B', 'D']);
  });
});

describe('the order of creation', () => {
  const resource = (Properties: Record<string, unknown>, DependsOn?: string) => ({ Type: 'T', Properties, DependsOn });

  test('puts each resource behind what it refers to', () => {
    const order = creationOrder({
      Last: resource({ x: { Ref: 'Middle' } }),
      Middle: resource({}, 'First'),
      First: resource({ region: { Ref: 'AWS::Region' } }),
    });
    expect(order).toEqual(['First', 'Middle', 'Last']);
  });

  test('names a circle, and a dependency that is not there', () => {
    const circle = { A: resource({ x: { Ref: 'B' } }), B: resource({ x: { 'Fn::GetAtt': ['A', 'Arn'] } }) };
    expect(() => creationOrder(circle)).toThrow('A → B → A');
    expect(() => creationOrder({ A: resource({}, 'Gone') })).toThrow('A: DependsOn names Gone');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { AwsError, operation, type ServiceFactory } from '../../../runtime/operation.ts';
import { compilePattern } from '../../../runtime/services/events/pattern.ts';
import { events } from '../../../runtime/services/events/index.ts';

describe('an event pattern', () => {
  const event = {
    source: 'aws.s3',
    detail: {
      object: { key: 'drop/houses/a.csv', size: 12 },
      tags: ['a', 'b'],
      none: null,
      list: [{ x: 1 }, { x: 2 }],
    },
  };
  const matches = (pattern: unknown) => compilePattern(pattern)(event);

  test.each([
    [{ source: ['aws.s3'] }, true],
    [{ source: ['aws.ec2'] }, false],
    [{ source: ['aws.ec2', 'aws.s3'] }, true],
    [{ detail: { object: { key: [{ prefix: 'drop/' }] } } }, true],
    [{ detail: { object: { key: [{ suffix: '.json' }] } } }, false],
    [{ detail: { object: { key: [{ wildcard: 'drop/*/*.csv' }] } } }, true],
    [{ detail: { object: { key: [{ wildcard: 'drop/*/*.csv.csv' }] } } }, false],
    [{ detail: { object: { size: [{ numeric: ['>', 10, '<=', 12] }] } } }, true],
    [{ detail: { object: { size: [{ numeric: ['>', 12] }] } } }, false],
    [{ detail: { object: { size: [{ exists: false }] } } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { missing: { deep: [{ exists: false }] } } }, true],
    [{ detail: { missing: ['x'] } }, false],
    [{ detail: { tags: ['b'] } }, true],
    [{ detail: { tags: [{ 'anything-but': ['a', 'b'] }] } }, false],
    [{ source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    [{ source: [{ 'equals-ignore-case': 'AWS.S3' }] }, true],
    [{ detail: { none: [null] } }, true],
    [{ detail: { list: { x: [2] } } }, true],
    [{ $or: [{ source: ['x'] }, { detail: { tags: ['a'] } }] }, true],
    [{ detail: { object: { size: ['12'] } } }, false],
  ])('%j → %s', (pattern, expected) => expect(matches(pattern)).toBe(expected));

  test.each([[{}], [{ source: 'aws.s3' }], [{ source: [] }], [{ source: [{ cidr: '10.0.0.0/8' }] }], [[]]])(
    'that cannot be honoured is refused: %j',
    (pattern) => expect(() => compilePattern(pattern)).toThrow(),
  );
});

/** Stands for Lambda: keeps what it is invoked with, and fails as often as it is told to. */
const receiver =
  (received: unknown[], fault: { times: number }): ServiceFactory =>
  () => ({
    name: 'lambda',
    protocol: 'awsJson1.1',
    state: undefined,
    operations: {
      Invoke: operation({
        input: z.strictObject({
          FunctionName: z.string(),
          InvocationType: z.string(),
          Payload: z.instanceof(Uint8Array),
        }),
        needs: () => [],
        run({ Payload }, { principal }) {
          if (fault.times-- > 0) throw new AwsError('ServiceException', 'Not now.', 500);
          received.push({ ...JSON.parse(new TextDecoder().decode(Payload)), by: principal.arn });
          return {};
        },
      }),
    },
  });

describe('EventBridge', () => {
  let dataDir: string;
  let runtime: Runtime;
  let received: Record<string, unknown>[];
  let fault: { times: number };
  const clock = testClock();
  const target = 'arn:aws:lambda:eu-west-1:000000000000:function:hears';

  const open = async () => {
    runtime = await openRuntime({ dataDir, clock, services: [events, receiver(received, fault)] });
    return new EventBridgeClient({ endpoint: runtime.endpoint, region: 'eu-west-1', credentials: runtime.credentials });
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'events-'));
    received = [];
    fault = { times: 0 };
  });
  afterEach(async () => {
    await runtime.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const withRule = async (client: EventBridgeClient) => {
    await client.send(new PutRuleCommand({ Name: 'all-orders', EventPattern: '{"source":["shop"]}' }));
    await client.send(new PutTargetsCommand({ Rule: 'all-orders', Targets: [{ Id: 'f', Arn: target }] }));
  };
  const order = (n: number) => ({ Source: 'shop', DetailType: 'Order', Detail: JSON.stringify({ n }) });

  test('delivers what a rule matches, in the envelope that targets know', async () => {
    const client = await open();
    await withRule(client);
    const { FailedEntryCount } = await client.send(
      new PutEventsCommand({ Entries: [order(1), { ...order(2), Source: 'other' }] }),
    );
    await settle(() => received.length > 0);
    expect(FailedEntryCount).toBe(0);
    expect(received).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'Order',
        source: 'shop',
        account: '000000000000',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: 'eu-west-1',
        resources: [],
        detail: { n: 1 },
        by: 'arn:aws:events:eu-west-1:000000000000:rule/all-orders',
      },
    ]);
  });

  test('tries again when the target fails, and after a restart what was not delivered', async () => {
    fault.times = 1;
    const client = await open();
    await withRule(client);
    await client.send(new PutEventsCommand({ Entries: [order(1)] }));
    await settle(() => fault.times <= 0);
    expect(received).toEqual([]);
    await runtime.close();
    await open();
    await clock.advance(2_000);
    await settle(() => received.length > 0);
    expect(received).toMatchObject([{ detail: { n: 1 } }]);
  });

  test('tells per entry what is wrong with it', async () => {
    const client = await open();
    const { Entries } = await client.send(
      new PutEventsCommand({
        Entries: [order(1), { ...order(2), Source: 'aws.s3' }, { Source: 'x', DetailType: 'y', Detail: 'no' }],
      }),
    );
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
    ]);
  });

  test('refuses what it could not honour: patterns, targets, rules that are not there', async () => {
    const client = await open();
    const put = (EventPattern: string) => client.send(new PutRuleCommand({ Name: 'r', EventPattern }));
    await expect(put('{"source":[{"cidr":"1.0.0.0/8"}]}')).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
    await expect(client.send(new DescribeRuleCommand({ Name: 'r' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    });
    await put('{"source":["a"]}');
    const stream = { Id: 'k', Arn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/k' };
    await expect(client.send(new PutTargetsCommand({ Rule: 'r', Targets: [stream] }))).rejects.toThrow(
      /NotImplemented/,
    );
  });

  test('deletes a rule only without targets', async () => {
    const client = await open();
    await withRule(client);
    const remove = () => client.send(new DeleteRuleCommand({ Name: 'all-orders' }));
    await expect(remove()).rejects.toThrow("Rule can't be deleted since it has targets.");
    await client.send(new RemoveTargetsCommand({ Rule: 'all-orders', Ids: ['f'] }));
    await remove();
    await remove();
  });

  /** Lets the runtime work until `done`, turning virtual time on without moving it. */
  const settle = async (done: () => boolean) => {
    for (let i = 0; i < 5000 && !done(); i++) {
      await clock.advance(0);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
});

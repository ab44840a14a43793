/** Long because the queues of all its parts stand in one runtime, with one clock and one client. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
  type ReceiveMessageCommandInput,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { testClock, type Clock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import type { Principal } from '../../../runtime/operation.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { sqs } from '../../../runtime/services/sqs/index.ts';

let clock: TestClock;
let dataDir: string;
let runtime: Runtime;
let client: SQSClient;

/** What the runtime wants to be woken for, epoch ms. */
const alarms = new Set<{ at: number }>();
/** The test's clock, which also notes what waits for it. */
const watched = (): Clock => ({
  now: () => clock.now(),
  alarm(at, wake) {
    const alarm = { at };
    alarms.add(alarm);
    const cancel = clock.alarm(at, () => {
      alarms.delete(alarm);
      wake();
    });
    return () => {
      alarms.delete(alarm);
      cancel();
    };
  },
});

const open = async () => {
  runtime = await openRuntime({ dataDir, clock: watched(), services: [sqs, iam] });
  // No endpoint from the queue's URL: after a restart the port is another one.
  const { endpoint, region, credentials } = runtime;
  client = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
};
const close = async () => {
  client.destroy();
  await runtime.close();
};

beforeEach(async () => {
  clock = testClock(Date.now());
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-sqs-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(dataDir, { recursive: true, force: true });
});

const arnOf = (name: string) => `arn:aws:sqs:eu-west-1:000000000000:${name}`;
const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
  (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!;
const createFifo = (name: string, Attributes: Record<string, string> = {}) =>
  create(`${name}.fifo`, { FifoQueue: 'true', ...Attributes });
const send = (QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await client.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], ...more })))
    .Messages ?? [];
const bodies = async (QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await receive(QueueUrl, { MaxNumberOfMessages: 10, ...more })).map(({ Body }) => Body);
const remove = (QueueUrl: string, ReceiptHandle: string | undefined) =>
  client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
const attributesOf = async (QueueUrl: string) =>
  (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes!;
/** Until so many requests wait for what comes within so many seconds. */
const waiting = async (seconds: number, count = 1) => {
  const waiters = () => [...alarms].filter(({ at }) => at === clock.now() + seconds * 1000).length;
  while (waiters() < count) await new Promise((wake) => setTimeout(wake, 1));
};

describe('a queue', () => {
  test('is made once, found, listed, tagged, changed and deleted', async () => {
    const url = await create('runs', { VisibilityTimeout: '45' });
    expect(url).toBe(`${runtime.endpoint}/000000000000/runs`);
    expect(await create('runs', { VisibilityTimeout: '45' })).toBe(url);
    await expect(create('runs', { VisibilityTimeout: '46' })).rejects.toMatchObject({ name: 'QueueNameExists' });
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'runs' }))).QueueUrl).toBe(url);
    await create('other');
    expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'ru' }))).QueueUrls).toEqual([url]);
    const { QueueUrls, NextToken } = await client.send(new ListQueuesCommand({ MaxResults: 1 }));
    expect(QueueUrls).toHaveLength(1);
    expect((await client.send(new ListQueuesCommand({ MaxResults: 1, NextToken }))).QueueUrls).toEqual([url]);
    await client.send(new TagQueueCommand({ QueueUrl: url, Tags: { team: 'data', stage: 'dev' } }));
    await client.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ['stage'] }));
    expect((await client.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags).toEqual({ team: 'data' });
    await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { DelaySeconds: '5' } }));
    expect(await attributesOf(url)).toMatchObject({
      QueueArn: arnOf('runs'),
      VisibilityTimeout: '45',
      DelaySeconds: '5',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
    });
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    await expect(send(url, 'x')).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  });

  test.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ Colour: 'red' }, 'InvalidAttributeName'],
    [{ ContentBasedDeduplication: 'true' }, 'InvalidAttributeName'],
    [{ Policy: '{"Statement":[]}' }, 'InvalidAttributeValue'],
    [{ FifoQueue: 'true' }, 'InvalidParameterValue'],
    [
      { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:none","maxReceiveCount":3}' },
      'InvalidParameterValue',
    ],
  ])('with %j is refused as %s', async (attributes, name) => {
    await expect(create('q', attributes as Record<string, string>)).rejects.toMatchObject({ name });
  });
});

describe('a message', () => {
  test('comes with its attributes, and the client checks the digests', async () => {
    const url = await create('q');
    const sent = await send(url, 'grüße', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        count: { DataType: 'Number.int', StringValue: '3' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
      },
    });
    const [message] = await receive(url, { MessageAttributeNames: ['ki.*', 'raw'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'grüße',
      Attributes: { SenderId: '000000000000', ApproximateReceiveCount: '1', SentTimestamp: String(clock.now()) },
    });
    expect(Object.keys(message?.MessageAttributes ?? {}).toSorted()).toEqual(['kind', 'raw']);
    expect([...(message?.MessageAttributes?.['raw']?.BinaryValue ?? [])]).toEqual([1, 2, 255]);
  });

  test('has the digest of its attributes that AWS answers', async () => {
    const MessageAttributes = { timestamp: { DataType: 'Number', StringValue: '1493147359900' } };
    expect(await send(await create('q'), 'x', { MessageAttributes })).toMatchObject({
      MD5OfMessageAttributes: '235c5c510d26fb653d073faed50ae77c',
    });
  });

  test.each([
    ['', {}, 'MissingParameter'],
    ['\u0000', {}, 'InvalidMessageContents'],
    ['x'.repeat(1_048_577), {}, 'InvalidParameterValue'],
    ['x', { DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['x', { MessageDeduplicationId: 'a' }, 'InvalidParameterValue'],
    ['x', { MessageAttributes: { 'AWS.x': { DataType: 'String', StringValue: 'y' } } }, 'InvalidParameterValue'],
    ['x', { MessageAttributes: { x: { DataType: 'Date', StringValue: 'y' } } }, 'InvalidParameterValue'],
  ])('that breaks a rule is refused (%#)', async (body, more, name) => {
    await expect(send(await create('q'), body, more)).rejects.toMatchObject({ name });
  });

  test('is invisible to others until its time is over, it is given back, or for good when deleted', async () => {
    const url = await create('q');
    await send(url, 'a');
    const [first] = await receive(url);
    expect(await receive(url)).toEqual([]);
    expect(await attributesOf(url)).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    await clock.advance(30_000);
    const [second] = await receive(url, { VisibilityTimeout: 100 });
    expect(second?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
    const give = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout }));
    await expect(give(first?.ReceiptHandle, 0)).rejects.toThrow('not available for visibility timeout change');
    await give(second?.ReceiptHandle, 0);
    const [third] = await receive(url);
    await remove(url, third?.ReceiptHandle);
    await remove(url, third?.ReceiptHandle);
    await clock.advance(100_000);
    expect(await receive(url)).toEqual([]);
    await expect(remove(url, 'nonsense')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });

  test('may be delayed, and leaves when its retention is over', async () => {
    const url = await create('q', { MessageRetentionPeriod: '60' });
    await send(url, 'later', { DelaySeconds: 10 });
    expect(await attributesOf(url)).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
    expect(await bodies(url)).toEqual([]);
    await clock.advance(10_000);
    expect(await bodies(url, { VisibilityTimeout: 0 })).toEqual(['later']);
    await clock.advance(50_000);
    expect(await bodies(url)).toEqual([]);
  });

  test('goes to the dead letters after too many receipts, and the queue is named there', async () => {
    const dead = await create('dead');
    const url = await create('q', {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 }),
    });
    const { MessageId } = await send(url, 'poison');
    expect([await bodies(url), await bodies(url), await bodies(url)]).toEqual([['poison'], ['poison'], []]);
    expect(await receive(dead)).toMatchObject([
      { MessageId, Body: 'poison', Attributes: { DeadLetterQueueSourceArn: arnOf('q') } },
    ]);
    const { queueUrls } = await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
    expect(queueUrls).toEqual([url]);
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: dead,
        Attributes: { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' },
      }),
    );
    await expect(
      create('q2', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 }) }),
    ).rejects.toThrow('RedriveAllowPolicy');
  });

  test('survives a restart with its receipts', async () => {
    let url = await create('q');
    await send(url, 'a');
    await send(url, 'b');
    const [taken] = await receive(url);
    await close();
    await open();
    url = (await client.send(new GetQueueUrlCommand({ QueueName: 'q' }))).QueueUrl!;
    expect(await bodies(url)).toEqual(['b']);
    await remove(url, taken?.ReceiptHandle);
    await clock.advance(30_000);
    expect(await bodies(url)).toEqual(['b']);
  });
});

describe('long polling', () => {
  test('answers as soon as a message is sent or becomes visible, and with nothing in the end', async () => {
    const url = await create('q', { ReceiveMessageWaitTimeSeconds: '20' });
    const first = bodies(url);
    await waiting(20);
    await send(url, 'now');
    expect(await first).toEqual(['now']);
    await clock.advance(15_000);
    const again = bodies(url);
    await waiting(15);
    await clock.advance(15_000);
    expect(await again).toEqual(['now']);
    const never = bodies(url);
    await waiting(20);
    await clock.advance(20_000);
    expect(await never).toEqual([]);
  });

  test('gives one message to one of those who wait', async () => {
    const url = await create('q');
    const both = [bodies(url, { WaitTimeSeconds: 5 }), bodies(url, { WaitTimeSeconds: 5 })];
    await waiting(5, 2);
    await send(url, 'one');
    await Promise.race(both);
    await clock.advance(5_000);
    expect((await Promise.all(both)).flat()).toEqual(['one']);
  });

  test('ends with the queue', async () => {
    const url = await create('q');
    const refused = expect(bodies(url, { WaitTimeSeconds: 20 })).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await waiting(20);
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    await refused;
  });
});

describe('batches', () => {
  test('succeed and fail entry by entry', async () => {
    const url = await create('q');
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'a', MessageBody: '1' },
          { Id: 'b', MessageBody: '' },
          { Id: 'c', MessageBody: '3' },
        ],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(Failed).toMatchObject([{ Id: 'b', SenderFault: true, Code: 'MissingParameter' }]);
    const [one, three] = await receive(url, { MaxNumberOfMessages: 10 });
    await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: [{ Id: 'a', ReceiptHandle: one?.ReceiptHandle, VisibilityTimeout: 0 }],
      }),
    );
    expect(await bodies(url)).toEqual(['1']);
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'x', ReceiptHandle: three?.ReceiptHandle },
          { Id: 'y', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted).toMatchObject({ Successful: [{ Id: 'x' }], Failed: [{ Id: 'y', Code: 'ReceiptHandleIsInvalid' }] });
  });

  test.each([
    [[], 'EmptyBatchRequest'],
    [['a', 'a'], 'BatchEntryIdsNotDistinct'],
    [['a b'], 'InvalidBatchEntryId'],
    [Array.from({ length: 11 }, (_, i) => `m${i}`), 'TooManyEntriesInBatchRequest'],
  ])('of %j are refused as %s', async (ids, name) => {
    const QueueUrl = await create('q');
    const Entries = ids.map((Id) => ({ Id, MessageBody: 'x' }));
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({ name });
  });

  test('a queue is purged at most once a minute', async () => {
    const QueueUrl = await create('q');
    await send(QueueUrl, 'x');
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await bodies(QueueUrl)).toEqual([]);
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
    });
    await clock.advance(60_000);
    await client.send(new PurgeQueueCommand({ QueueUrl }));
  });
});

describe('first in, first out', () => {
  const group = (MessageGroupId: string, MessageDeduplicationId?: string) => ({
    MessageGroupId,
    MessageDeduplicationId,
  });

  test('a group waits for its message under way, other groups do not', async () => {
    const url = await createFifo('q', { ContentBasedDeduplication: 'true' });
    for (const [text, name] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
      ['a3', 'a'],
    ] as const)
      await send(url, text, group(name));
    const [first] = await receive(url);
    expect(first?.Body).toBe('a1');
    expect(await bodies(url, { MaxNumberOfMessages: 10 })).toEqual(['b1']);
    await remove(url, first?.ReceiptHandle);
    expect(await bodies(url)).toEqual(['a2', 'a3']);
    await clock.advance(30_000);
    expect(await bodies(url)).toEqual(['a2', 'b1', 'a3']);
    await expect(remove(url, first?.ReceiptHandle)).resolves.toBeDefined();
  });

  test('the same message within five minutes is taken once', async () => {
    const url = await createFifo('q');
    const one = await send(url, 'x', group('g', 'id'));
    const same = await send(url, 'y', group('g', 'id'));
    expect(same).toMatchObject({ MessageId: one.MessageId, SequenceNumber: one.SequenceNumber });
    await clock.advance(300_000);
    const later = await send(url, 'z', group('g', 'id'));
    expect(BigInt(later.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(one.SequenceNumber ?? 0));
    const received = await receive(url, { MaxNumberOfMessages: 10 });
    expect(received.map(({ Body, Attributes }) => [Body, Attributes?.['MessageDeduplicationId']])).toEqual([
      ['x', 'id'],
      ['z', 'id'],
    ]);
  });

  test('a receipt that is over deletes nothing', async () => {
    const url = await createFifo('q');
    await send(url, 'x', group('g', 'id'));
    const [message] = await receive(url);
    await clock.advance(30_000);
    await expect(remove(url, message?.ReceiptHandle)).rejects.toThrow('The receipt handle has expired');
  });

  test('wants a group and something to tell messages apart', async () => {
    const url = await createFifo('q');
    await expect(send(url, 'x')).rejects.toThrow('MessageGroupId');
    await expect(send(url, 'x', group('g'))).rejects.toThrow('ContentBasedDeduplication');
    await expect(send(url, 'x', { ...group('g', 'id'), DelaySeconds: 5 })).rejects.toThrow('DelaySeconds');
  });
});

describe('permissions', () => {
  const asRoot: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
  const rule: Principal = {
    kind: 'service',
    service: 'events.amazonaws.com',
    arn: 'arn:aws:events:eu-west-1:000000000000:rule/nightly',
  };
  const roleArn = 'arn:aws:iam::000000000000:role/worker';
  const worker: Principal = {
    kind: 'role',
    roleArn,
    sessionName: 'w',
    arn: 'arn:aws:sts::000000000000:assumed-role/worker/w',
  };
  const allow = (more: object) => ({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('q'), ...more });
  const permit = (QueueUrl: string, ...Statement: object[]) =>
    client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
      }),
    );
  const asks = (principal: Principal, QueueUrl: string) =>
    runtime.world.call(principal, 'sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' });

  test('a service needs the queue’s own policy, for the source it names', async () => {
    const url = await create('q');
    await expect(asks(rule, url)).rejects.toThrow('no resource-based policy allows the sqs:SendMessage action');
    await permit(
      url,
      allow({
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': rule.arn } },
      }),
    );
    expect(await asks(rule, url)).toHaveProperty('MessageId');
    await expect(asks({ ...rule, arn: `${rule.arn}2` }, url)).rejects.toThrow('not authorized');
  });

  test('a role needs its own policy or the queue’s, and neither may deny', async () => {
    const url = await create('q');
    await runtime.world.call(asRoot, 'iam', 'CreateRole', {
      RoleName: 'worker',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    });
    await expect(asks(worker, url)).rejects.toThrow('no identity-based policy allows');
    await permit(url, allow({ Principal: { AWS: 'arn:aws:iam::000000000000:root' } }));
    await expect(asks(worker, url)).rejects.toThrow('no identity-based policy allows');
    await permit(url, allow({ Principal: { AWS: roleArn } }));
    expect(await asks(worker, url)).toHaveProperty('MessageId');
    await permit(url, allow({ Principal: '*' }), allow({ Effect: 'Deny', Principal: { AWS: '000000000000' } }));
    await expect(asks(worker, url)).rejects.toThrow('explicit deny in a resource-based policy');
  });
});

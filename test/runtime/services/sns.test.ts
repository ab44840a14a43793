import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { testClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { AwsError } from '../../../runtime/operation.ts';
import { sns } from '../../../runtime/services/sns/index.ts';
import type { Message } from '../../../runtime/services/sns/topic.ts';
import { lambdaStub, type Invocation } from '../../fixtures/lambdaStub.ts';

let dataDir: string;
let runtime: Runtime;
let client: SNSClient;
let failures: AwsError[];
let logged: string[];
const invoked: Invocation[] = [];
const clock = testClock(Date.now());

const lambda = lambdaStub(({ name, event, type }) => {
  const failure = failures.shift();
  if (failure) throw failure;
  invoked.push({ name, event, type });
  return { payload: null };
});

const open = async () => {
  runtime = await openRuntime({
    dataDir,
    clock,
    services: [sns, lambda],
    log: (_level, message) => logged.push(message),
  });
  const { endpoint, region, credentials } = runtime;
  client = new SNSClient({ endpoint, region, credentials, maxAttempts: 1 });
};
const close = async () => {
  client.destroy();
  await runtime.close();
};

const functionArn = 'arn:aws:lambda:eu-west-1:000000000000:function:notify';
const topicArn = 'arn:aws:sns:eu-west-1:000000000000:runs';
/** Delivery goes on behind the answer. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    await runtime.world.store.flushed();
  }
};
const receipts = () =>
  [...runtime.world.store.table<Message>('sns.messages').values()].flatMap(({ Receipts }) =>
    Receipts.map((it) => it.Status),
  );

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-sns-'));
  [failures, logged] = [[], []];
  invoked.length = 0;
  await open();
  await client.send(
    new CreateTopicCommand({ Name: 'runs', Attributes: { DisplayName: 'Runs' }, Tags: [{ Key: 'a', Value: '1' }] }),
  );
});

afterEach(async () => {
  await close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('topics', () => {
  test('are made once, described, tagged, listed and deleted', async () => {
    expect((await client.send(new CreateTopicCommand({ Name: 'runs' }))).TopicArn).toBe(topicArn);
    await expect(
      client.send(new CreateTopicCommand({ Name: 'runs', Attributes: { DisplayName: 'Other' } })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await client.send(
      new SetTopicAttributesCommand({ TopicArn: topicArn, AttributeName: 'DisplayName', AttributeValue: 'All <runs>' }),
    );
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    expect(Attributes).toMatchObject({ TopicArn: topicArn, DisplayName: 'All <runs>', SubscriptionsConfirmed: '0' });
    await client.send(new TagResourceCommand({ ResourceArn: topicArn, Tags: [{ Key: 'b', Value: '2' }] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn: topicArn }))).Tags).toHaveLength(2);
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topicArn }]);
    await client.send(new DeleteTopicCommand({ TopicArn: topicArn }));
    await expect(client.send(new PublishCommand({ TopicArn: topicArn, Message: 'x' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  test('what is not supported is refused by name', async () => {
    await expect(client.send(new CreateTopicCommand({ Name: 'f', Attributes: { FifoTopic: 'true' } }))).rejects.toThrow(
      /NotImplemented: CreateTopic.Attributes.FifoTopic/,
    );
    await expect(
      client.send(
        new SubscribeCommand({ TopicArn: topicArn, Protocol: 'firehose', Endpoint: 'arn:aws:firehose:eu-west-1:1:d' }),
      ),
    ).rejects.toThrow(/NotImplemented: Subscribe.Protocol=firehose/);
    await expect(client.send(new PublishCommand({ PhoneNumber: '+1', Message: 'x' }))).rejects.toThrow(/PhoneNumber/);
  });
});

describe('messages', () => {
  const subscribe = (Protocol: string, Endpoint: string) =>
    client.send(new SubscribeCommand({ TopicArn: topicArn, Protocol, Endpoint, ReturnSubscriptionArn: true }));

  test('reach a function as the event AWS sends', async () => {
    const { SubscriptionArn } = await subscribe('lambda', functionArn);
    expect((await subscribe('lambda', functionArn)).SubscriptionArn).toBe(SubscriptionArn);
    const { MessageId } = await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: 'Run ended',
        Message: JSON.stringify({ default: 'plain', lambda: '{"run":1}' }),
        MessageStructure: 'json',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'success' } },
      }),
    );
    await settled();
    const Sns = {
      Type: 'Notification',
      MessageId,
      TopicArn: topicArn,
      Subject: 'Run ended',
      Message: '{"run":1}',
      MessageAttributes: { kind: { Type: 'String', Value: 'success' } },
    };
    expect(invoked).toMatchObject([
      {
        name: functionArn,
        event: { Records: [{ EventSource: 'aws:sns', EventSubscriptionArn: SubscriptionArn, Sns }] },
      },
    ]);
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'nobody' }));
    await settled();
    expect(invoked).toHaveLength(1);
  });

  test('for an address go to the log, as nobody can confirm it here', async () => {
    const email = new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: 'me@example.org' });
    expect((await client.send(email)).SubscriptionArn).toBe('pending confirmation');
    const list = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    expect(list.Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Endpoint: 'me@example.org' }]);
    expect((await client.send(new ListSubscriptionsCommand({}))).Subscriptions).toHaveLength(1);
    await client.send(new PublishCommand({ TargetArn: topicArn, Message: 'hello' }));
    await settled();
    expect(receipts()).toEqual(['logged']);
    expect(logged.join()).toContain('me@example.org');
  });

  test('are tried again after a fault of the service, not after one of the function', async () => {
    await subscribe('lambda', functionArn);
    failures = [new AwsError('ServiceException', 'busy', 500), new AwsError('TooManyRequestsException', 'slow', 429)];
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'x' }));
    await settled();
    expect(receipts()).toEqual(['waiting']);
    await clock.advance(1_000);
    await settled();
    await clock.advance(2_000);
    await settled();
    expect([receipts(), invoked.length]).toEqual([['delivered'], 1]);
    failures = [new AwsError('ResourceNotFoundException', 'no such function', 404)];
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'y' }));
    await settled();
    expect(receipts()).toEqual(['delivered', 'failed']);
  });

  test('that were published before the process ended are delivered by the next', async () => {
    await subscribe('lambda', functionArn);
    failures = [new AwsError('ServiceException', 'busy', 500)];
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'late' }));
    await settled();
    await close();
    await open();
    await settled();
    expect(invoked).toMatchObject([{ event: { Records: [{ Sns: { Message: 'late', Subject: null } }] } }]);
  });

  test('the last 1,000 are kept', async () => {
    const caller = { kind: 'root', arn: 'test' } as const;
    for (let i = 0; i < 1_003; i++)
      void runtime.world.call(caller, 'sns', 'Publish', { TopicArn: topicArn, Message: String(i) });
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: 'last' }));
    const kept = [...runtime.world.store.table<Message>('sns.messages').values()].map(
      ({ Messages }) => Messages['default'],
    );
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, '4', 'last']);
  });
});

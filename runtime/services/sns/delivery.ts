/**
 * Hands messages to their subscribers. A message is recorded with a receipt for each subscription before it is delivered;
 * receipts that still wait when the process ends are delivered at the next start.
 */
import { AwsError, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import type { Message, MessageAttribute, Receipt } from './topic.ts';

export interface Delivery {
  /** Delivers every receipt of the message that waits; returns at once. */
  deliver(messageId: string): void;
  /** Delivers what an earlier process left. */
  resume(): void;
  stop(): void;
}

const firstRetryMs = 1_000;
const lastRetryMs = 20_000;

const eventAttribute = ({ DataType, StringValue, BinaryValue }: MessageAttribute) => ({
  Type: DataType,
  Value: StringValue ?? BinaryValue ?? '',
});

const attributesOf = ({ MessageAttributes }: Message) =>
  Object.fromEntries(Object.entries(MessageAttributes).map(([name, attribute]) => [name, eventAttribute(attribute)]));

const textFor = (protocol: Receipt['Protocol'], { Messages }: Message) =>
  Messages[protocol] ?? Messages['default'] ?? '';

/** The envelope in a queue; like an event it is not signed. */
const notification = (message: Message) => ({
  Type: 'Notification',
  MessageId: message.MessageId,
  TopicArn: message.TopicArn,
  ...(message.Subject !== undefined && { Subject: message.Subject }),
  Message: textFor('sqs', message),
  Timestamp: message.Timestamp,
  SignatureVersion: '1',
  Signature: '',
  SigningCertURL: '',
  UnsubscribeURL: '',
  ...(Object.keys(message.MessageAttributes).length > 0 && { MessageAttributes: attributesOf(message) }),
});

/** The event a function receives, member for member; it is not signed, as there is no certificate to sign with. */
const lambdaEvent = (message: Message, { SubscriptionArn }: Receipt) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: SubscriptionArn,
      Sns: {
        Type: 'Notification',
        MessageId: message.MessageId,
        TopicArn: message.TopicArn,
        Subject: message.Subject ?? null,
        Message: textFor('lambda', message),
        Timestamp: message.Timestamp,
        SignatureVersion: '1',
        Signature: '',
        SigningCertUrl: '',
        UnsubscribeUrl: '',
        MessageAttributes: attributesOf(message),
      },
    },
  ],
});

export const openDelivery = (world: World, messages: Table<Message>): Delivery => {
  const underWay = new Set<string>();
  const alarms = new Set<() => void>();
  let stopped = false;

  const settle = (messageId: string, settled: Receipt) => {
    const message = messages.get(messageId);
    if (!message || stopped) return;
    const Receipts = message.Receipts.map((it) => (it.SubscriptionArn === settled.SubscriptionArn ? settled : it));
    messages.set(messageId, { ...message, Receipts });
  };

  // What it acts for is the topic: that is what policies of functions and queues name.
  const asTopic = ({ TopicArn }: Message) =>
    ({ kind: 'service', service: 'sns.amazonaws.com', arn: TopicArn }) as const;

  const invoke = async (message: Message, receipt: Receipt): Promise<Receipt> => {
    await world.call(asTopic(message), 'lambda', 'Invoke', {
      FunctionName: receipt.Endpoint,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(lambdaEvent(message, receipt))),
    });
    return { ...receipt, Status: 'delivered' };
  };

  const enqueue = async (message: Message, receipt: Receipt): Promise<Receipt> => {
    await world.call(asTopic(message), 'sqs', 'SendMessage', {
      QueueUrl: queueUrlOf(world, receipt.Endpoint),
      ...(receipt.Raw
        ? { MessageBody: textFor('sqs', message), MessageAttributes: message.MessageAttributes }
        : { MessageBody: JSON.stringify(notification(message), undefined, 2) }),
    });
    return { ...receipt, Status: 'delivered' };
  };

  const log = (message: Message, receipt: Receipt): Promise<Receipt> => {
    world.log('info', `message for ${receipt.Endpoint}, who cannot confirm a subscription here`, {
      topic: message.TopicArn,
      subject: message.Subject,
      text: textFor('email', message),
    });
    return Promise.resolve({ ...receipt, Status: 'logged' });
  };

  const ways: Readonly<Record<Receipt['Protocol'], (message: Message, receipt: Receipt) => Promise<Receipt>>> = {
    email: log,
    lambda: invoke,
    sqs: enqueue,
  };

  const attempt = async (messageId: string, receipt: Receipt, wait: number): Promise<void> => {
    const message = messages.get(messageId);
    if (!message || stopped) return;
    const key = `${messageId} ${receipt.SubscriptionArn}`;
    underWay.add(key);
    try {
      settle(messageId, await ways[receipt.Protocol](message, receipt));
      underWay.delete(key);
    } catch (error) {
      // What the function or its permission is wrong with, no retry mends.
      if (error instanceof AwsError && error.status < 500 && error.status !== 429) {
        underWay.delete(key);
        settle(messageId, { ...receipt, Status: 'failed', Reason: `${error.code}: ${error.message}` });
        return;
      }
      world.log('warn', 'a message could not be delivered; it is tried again', { messageId, error: String(error) });
      const cancel = world.clock.alarm(world.clock.now() + wait, () => {
        alarms.delete(cancel);
        void attempt(messageId, receipt, Math.min(wait * 2, lastRetryMs));
      });
      alarms.add(cancel);
    }
  };

  const deliver = (messageId: string) => {
    for (const receipt of messages.get(messageId)?.Receipts ?? [])
      if (receipt.Status === 'waiting' && !underWay.has(`${messageId} ${receipt.SubscriptionArn}`))
        void attempt(messageId, receipt, firstRetryMs);
  };

  return {
    deliver,
    resume() {
      for (const messageId of messages.keys()) deliver(messageId);
    },
    stop() {
      stopped = true;
      for (const cancel of alarms) cancel();
    },
  };
};

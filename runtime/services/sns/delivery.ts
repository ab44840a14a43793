/**
 * Hands messages to their subscribers. A message is recorded with a receipt for each subscription before it is delivered;
 * receipts that still wait when the process ends are delivered at the next start.
 */
import { AwsError, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
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
        Message: message.Messages['lambda'] ?? message.Messages['default'] ?? '',
        Timestamp: message.Timestamp,
        SignatureVersion: '1',
        Signature: '',
        SigningCertUrl: '',
        UnsubscribeUrl: '',
        MessageAttributes: Object.fromEntries(
          Object.entries(message.MessageAttributes).map(([name, attribute]) => [name, eventAttribute(attribute)]),
        ),
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

  const invoke = async (message: Message, receipt: Receipt): Promise<Receipt> => {
    const principal = { kind: 'service', service: 'sns.amazonaws.com', arn: 'sns.amazonaws.com' } as const;
    await world.call(principal, 'lambda', 'Invoke', {
      FunctionName: receipt.Endpoint,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(lambdaEvent(message, receipt))),
    });
    return { ...receipt, Status: 'delivered' };
  };

  const log = (message: Message, receipt: Receipt): Receipt => {
    world.log('info', `message for ${receipt.Endpoint}, who cannot confirm a subscription here`, {
      topic: message.TopicArn,
      subject: message.Subject,
      text: message.Messages['email'] ?? message.Messages['default'],
    });
    return { ...receipt, Status: 'logged' };
  };

  const attempt = async (messageId: string, receipt: Receipt, wait: number): Promise<void> => {
    const message = messages.get(messageId);
    if (!message || stopped) return;
    const key = `${messageId} ${receipt.SubscriptionArn}`;
    underWay.add(key);
    try {
      settle(messageId, receipt.Protocol === 'lambda' ? await invoke(message, receipt) : log(message, receipt));
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

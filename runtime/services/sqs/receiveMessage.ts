import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { Received } from './backlog.ts';
import { invalidValue } from './errors.ts';
import { attributesDigest, md5, type Message } from './message.ts';
import { onQueue, queueOf, queueUrl, type Queue, type SqsState } from './queue.ts';
import { numberOf } from './queueAttributes.ts';
import { handleOf } from './receiptHandle.ts';

const names = z.array(z.string().min(1)).default([]);

// ReceiveRequestAttemptId is no known member.
const input = z.strictObject({
  QueueUrl: queueUrl,
  /** The name MessageSystemAttributeNames had before. */
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
  MaxNumberOfMessages: z.int().default(1),
  VisibilityTimeout: z.int().optional(),
  WaitTimeSeconds: z.int().optional(),
});

const inRange = (name: string, value: number, least: number, most: number) => {
  if (value < least || value > most)
    throw invalidValue(name, value, `Must be >= ${least} and <= ${most}, if provided.`);
};

const asked = (patterns: readonly string[], name: string) =>
  patterns.some((pattern) =>
    pattern === 'All' ? true : pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : pattern === name,
  );

const systemAttributes = ({ message, receipt }: Received): Record<string, string> => ({
  SenderId: message.senderId,
  SentTimestamp: String(message.sent),
  ApproximateReceiveCount: String(receipt.count),
  ApproximateFirstReceiveTimestamp: String(receipt.first),
  ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
  ...(message.deduplicationId !== undefined && { MessageDeduplicationId: message.deduplicationId }),
  ...(message.sequenceNumber !== undefined && { SequenceNumber: message.sequenceNumber }),
  ...(message.deadLetterSource !== undefined && { DeadLetterQueueSourceArn: message.deadLetterSource }),
  ...(message.systemAttributes['AWSTraceHeader']?.StringValue !== undefined && {
    AWSTraceHeader: message.systemAttributes['AWSTraceHeader'].StringValue,
  }),
});

const chosen = <Value>(all: Readonly<Record<string, Value>>, patterns: readonly string[]) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => asked(patterns, name)));

const orNothing = <Name extends string, Value extends object>(name: Name, value: Value) =>
  (Object.keys(value).length > 0 ? { [name]: value } : {}) as Partial<Record<Name, Value>>;

const shown = (queue: Queue, received: Received, system: readonly string[], user: readonly string[]) => {
  const { body, messageId, attributes }: Message = received.message;
  const own = chosen(attributes, user);
  const digest = attributesDigest(own);
  return {
    MessageId: messageId,
    ReceiptHandle: handleOf(queue, { messageId, count: received.receipt.count }),
    MD5OfBody: md5(body),
    Body: body,
    ...orNothing('Attributes', chosen(systemAttributes(received), system)),
    ...orNothing('MessageAttributes', own),
    ...(digest !== undefined && { MD5OfMessageAttributes: digest }),
  };
};

/** Receives up to ten messages, and waits for the first of them as long as the caller or the queue says. */
export const receiveMessage = operation({
  input,
  needs: onQueue('ReceiveMessage'),
  async run(it, call: Call<SqsState>) {
    const { state, world } = call;
    const first = queueOf(call, it.QueueUrl);
    const wait = it.WaitTimeSeconds ?? numberOf(first, 'ReceiveMessageWaitTimeSeconds');
    inRange('MaxNumberOfMessages', it.MaxNumberOfMessages, 1, 10);
    inRange('WaitTimeSeconds', wait, 0, 20);
    inRange('VisibilityTimeout', it.VisibilityTimeout ?? 0, 0, 43_200);
    const system = [...it.AttributeNames, ...it.MessageSystemAttributeNames];
    const deadline = world.clock.now() + wait * 1000;
    for (;;) {
      const queue = queueOf(call, it.QueueUrl);
      const visibility = it.VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout');
      const received = state.backlog.receive(queue, it.MaxNumberOfMessages, visibility);
      if (received.length > 0) {
        // A message must not become visible again because its receipt was lost in a crash.
        await world.store.flushed();
        return { Messages: received.map((one) => shown(queue, one, system, it.MessageAttributeNames)) };
      }
      if (world.clock.now() >= deadline || !(await state.backlog.changed(queue, deadline))) return {};
    }
  },
});

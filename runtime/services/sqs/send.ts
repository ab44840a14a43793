/** Puts one message into a queue: shared by SendMessage and its batch. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Call, Principal } from '../../operation.ts';
import { invalidParameters, invalidValue, missing, sqsError } from './errors.ts';
import { attributesDigest, md5, messageAttribute, sizeOf, type Message, type MessageAttributes } from './message.ts';
import { isFifo, type Queue, type SqsState } from './queue.ts';
import { numberOf } from './queueAttributes.ts';

const fifoId = z.string().regex(/^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/);

/** The members of SendMessage and of an entry of SendMessageBatch. */
export const sendMembers = {
  MessageBody: z.string(),
  DelaySeconds: z.int().optional(),
  MessageAttributes: z.record(z.string(), messageAttribute).optional(),
  MessageSystemAttributes: z.strictObject({ AWSTraceHeader: messageAttribute.optional() }).optional(),
  MessageDeduplicationId: fifoId.optional(),
  MessageGroupId: fifoId.optional(),
};

const sendGrammar = z.strictObject(sendMembers);
export type Sending = z.infer<typeof sendGrammar>;

export interface Sent {
  MessageId: string;
  MD5OfMessageBody: string;
  MD5OfMessageAttributes?: string;
  MD5OfMessageSystemAttributes?: string;
  SequenceNumber?: string;
}

const mostAttributes = 10;
const longestDelay = 900;
const wrongType = 'The request include parameter that is not valid for this queue type';
// What XML can hold (API reference, SendMessage).
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const attributeName = /^(?!\.)(?!(?:AWS|Amazon)\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

const checkAttributes = (attributes: NonNullable<Sending['MessageAttributes']>) => {
  const entries = Object.entries(attributes);
  if (entries.length > mostAttributes)
    throw invalidParameters(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${mostAttributes}].`,
    );
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!attributeName.test(name)) throw invalidParameters(`Message attribute name '${name}' is invalid.`);
    const [, type] = /^(String|Number|Binary)(?:\..+)?$/.exec(DataType) ?? [];
    if (type === undefined)
      throw invalidParameters(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    if (!(type === 'Binary' ? BinaryValue : StringValue))
      throw invalidParameters(
        `Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`,
      );
    if (type === 'Number' && !(StringValue?.trim() && Number.isFinite(Number(StringValue))))
      throw invalidParameters(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
};

const checkDelay = (queue: Queue, delay: number | undefined) => {
  if (delay === undefined) return;
  if (isFifo(queue) && delay > 0) throw invalidValue('DelaySeconds', delay, wrongType);
  if (delay < 0 || delay > longestDelay)
    throw invalidValue('DelaySeconds', delay, `DelaySeconds must be >= 0 and <= ${longestDelay}.`);
};

const check = (queue: Queue, it: Sending) => {
  if (it.MessageBody === '') throw missing('MessageBody');
  if (forbidden.test(it.MessageBody))
    throw sqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  const attributes = it.MessageAttributes ?? {};
  checkAttributes(attributes);
  const most = numberOf(queue, 'MaximumMessageSize');
  if (sizeOf(it.MessageBody, attributes) > most)
    throw invalidParameters(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  checkDelay(queue, it.DelaySeconds);
  if (isFifo(queue) && it.MessageGroupId === undefined) throw missing('MessageGroupId');
  if (!isFifo(queue) && it.MessageDeduplicationId !== undefined)
    throw invalidValue('MessageDeduplicationId', it.MessageDeduplicationId, wrongType);
};

/** What tells a message of a FIFO queue from others. Throws InvalidParameterValue where nothing does. */
const deduplicationIdOf = ({ attributes }: Queue, { MessageBody, MessageDeduplicationId }: Sending): string => {
  if (MessageDeduplicationId !== undefined) return MessageDeduplicationId;
  if (attributes['ContentBasedDeduplication'] === 'true') return createHash('sha256').update(MessageBody).digest('hex');
  throw invalidParameters(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
};

const senderOf = (principal: Principal, accountId: string): string => {
  if (principal.kind === 'role')
    return `${principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1)}:${principal.sessionName}`;
  return principal.kind === 'service' ? principal.service : accountId;
};

/** Checks and keeps a message; it is durable once the store is flushed. Throws AwsError of the client's making. */
export const send = (queue: Queue, it: Sending, { state, world, principal }: Call<SqsState>): Sent => {
  check(queue, it);
  const attributes = it.MessageAttributes ?? {};
  const { AWSTraceHeader: trace } = it.MessageSystemAttributes ?? {};
  const systemAttributes: MessageAttributes = trace ? { AWSTraceHeader: trace } : {};
  const [ofAttributes, ofSystem] = [attributesDigest(attributes), attributesDigest(systemAttributes)];
  const digests = {
    MD5OfMessageBody: md5(it.MessageBody),
    ...(ofAttributes !== undefined && { MD5OfMessageAttributes: ofAttributes }),
    ...(ofSystem !== undefined && { MD5OfMessageSystemAttributes: ofSystem }),
  };
  const now = world.clock.now();
  const message: Message = {
    queueId: queue.id,
    messageId: world.ids.uuid(),
    body: it.MessageBody,
    attributes,
    systemAttributes,
    senderId: senderOf(principal, world.accountId),
    sent: now,
    ready: now + (it.DelaySeconds ?? numberOf(queue, 'DelaySeconds')) * 1000,
    ...(it.MessageGroupId !== undefined && { groupId: it.MessageGroupId }),
  };
  if (!isFifo(queue)) {
    state.backlog.put(message);
    return { ...digests, MessageId: message.messageId };
  }
  const deduplicationId = deduplicationIdOf(queue, it);
  const { messageId, sequenceNumber, duplicate } = state.deduplication.note(queue, message, deduplicationId);
  if (!duplicate) state.backlog.put({ ...message, deduplicationId, sequenceNumber });
  return { ...digests, MessageId: messageId, SequenceNumber: sequenceNumber };
};

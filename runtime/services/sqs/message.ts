/** A message: what is kept of it, what may be in it, and the digests by which a client checks that it came through whole. */
import { createHash } from 'node:crypto';
import * as z from 'zod';

export const messageAttribute = z.strictObject({
  DataType: z.string().min(1).max(256),
  StringValue: z.string().optional(),
  /** Base64. */
  BinaryValue: z.base64().optional(),
});

export type MessageAttributes = Record<string, z.infer<typeof messageAttribute>>;

/** What was sent (table `sqs.messages`, keyed by queue and message id); it never changes. */
export interface Message {
  queueId: string;
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  /** AWSTraceHeader. */
  systemAttributes: MessageAttributes;
  senderId: string;
  /** Epoch ms. */
  sent: number;
  /** Epoch ms before which it is delayed. */
  ready: number;
  groupId?: string;
  deduplicationId?: string;
  sequenceNumber?: string;
  /** Of the queue whose consumers failed on it. */
  deadLetterSource?: string;
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Each part with its length before it, names in order: the digest the developer guide describes under "Message attributes". */
export const attributesDigest = (attributes: MessageAttributes): string | undefined => {
  const names = Object.keys(attributes).toSorted();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    const binary = DataType.startsWith('Binary');
    part(Buffer.from(name));
    part(Buffer.from(DataType));
    hash.update(Buffer.from([binary ? 2 : 1]));
    part(binary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? ''));
  }
  return hash.digest('hex');
};

/** Bytes of a message as quotas count them. */
export const sizeOf = (body: string, attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(body),
  );

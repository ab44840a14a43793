import { invalidValue, sqsError } from './errors.ts';
import type { Queue } from './queue.ts';

/** Names one receipt of one message: `count` is how often it had been received then. */
export interface ReceiptHandle {
  messageId: string;
  count: number;
}

export const handleOf = ({ id }: Queue, { messageId, count }: ReceiptHandle): string =>
  Buffer.from(`${id} ${messageId} ${count}`).toString('base64');

const written = /^([\w-]+) ([\w-]+) (\d+)$/;

/** Throws ReceiptHandleIsInvalid, or InvalidParameterValue for one of another queue. */
export const readHandle = ({ id }: Queue, handle: string): ReceiptHandle => {
  const [, queueId, messageId = '', count] = written.exec(Buffer.from(handle, 'base64').toString()) ?? [];
  if (count === undefined)
    throw sqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  if (queueId !== id) throw invalidValue('ReceiptHandle', handle, 'The receipt handle is not of this queue.');
  return { messageId, count: Number(count) };
};

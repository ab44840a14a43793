import type { Call } from '../../operation.ts';
import { invalidValue } from './errors.ts';
import { isFifo, type Queue, type SqsState } from './queue.ts';
import { readHandle } from './receiptHandle.ts';

/** Deletes the message a receipt handle names; one that is gone already is no error. A FIFO queue wants a valid receipt. */
export const deleteReceived = (queue: Queue, handle: string, { state, world }: Call<SqsState>): object => {
  const { messageId, count } = readHandle(queue, handle);
  const held = state.backlog.get(queue, messageId);
  if (!held) return {};
  const { receipt } = held;
  if (isFifo(queue) && (receipt?.count !== count || receipt.visible <= world.clock.now()))
    throw invalidValue('ReceiptHandle', handle, 'The receipt handle has expired.');
  state.backlog.delete(queue, messageId);
  return {};
};

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { deleteReceived } from './deletion.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

/** Deletes a received message. */
export const deleteMessage = operation({
  input: z.strictObject({ QueueUrl: queueUrl, ReceiptHandle: z.string() }),
  needs: onQueue('DeleteMessage'),
  async run({ QueueUrl, ReceiptHandle }, call: Call<SqsState>) {
    deleteReceived(queueOf(call, QueueUrl), ReceiptHandle, call);
    await call.world.store.flushed();
    return {};
  },
});

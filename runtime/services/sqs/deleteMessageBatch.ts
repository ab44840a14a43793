import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { eachEntry } from './batch.ts';
import { deleteReceived } from './deletion.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

const input = z.strictObject({
  QueueUrl: queueUrl,
  Entries: z.array(z.strictObject({ Id: z.string(), ReceiptHandle: z.string() })),
});

/** Deletes up to ten received messages. */
export const deleteMessageBatch = operation({
  input,
  needs: onQueue('DeleteMessage'),
  async run({ QueueUrl, Entries }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    const answer = eachEntry(Entries, ({ ReceiptHandle }) => deleteReceived(queue, ReceiptHandle, call));
    await call.world.store.flushed();
    return answer;
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { eachEntry } from './batch.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';
import { changeVisibility } from './visibility.ts';

const input = z.strictObject({
  QueueUrl: queueUrl,
  Entries: z.array(
    z.strictObject({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.int().default(0) }),
  ),
});

/** Sets how long up to ten received messages stay invisible. */
export const changeMessageVisibilityBatch = operation({
  input,
  needs: onQueue('ChangeMessageVisibility'),
  async run({ QueueUrl, Entries }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    const answer = eachEntry(Entries, ({ ReceiptHandle, VisibilityTimeout }) =>
      changeVisibility(queue, ReceiptHandle, VisibilityTimeout, call),
    );
    await call.world.store.flushed();
    return answer;
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';
import { changeVisibility } from './visibility.ts';

/** Sets how long a received message stays invisible, from now on. */
export const changeMessageVisibility = operation({
  input: z.strictObject({ QueueUrl: queueUrl, ReceiptHandle: z.string(), VisibilityTimeout: z.int() }),
  needs: onQueue('ChangeMessageVisibility'),
  async run({ QueueUrl, ReceiptHandle, VisibilityTimeout }, call: Call<SqsState>) {
    changeVisibility(queueOf(call, QueueUrl), ReceiptHandle, VisibilityTimeout, call);
    await call.world.store.flushed();
    return {};
  },
});

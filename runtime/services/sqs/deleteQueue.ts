import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

/** Deletes a queue with its messages. */
export const deleteQueue = operation({
  input: z.strictObject({ QueueUrl: queueUrl }),
  needs: onQueue('DeleteQueue'),
  async run({ QueueUrl }, call: Call<SqsState>) {
    const { state, world } = call;
    const queue = queueOf(call, QueueUrl);
    state.queues.delete(queue.name);
    state.deduplication.forget(queue);
    state.backlog.clear(queue);
    await world.store.flushed();
    return {};
  },
});

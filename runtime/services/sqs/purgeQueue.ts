import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { sqsError } from './errors.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

const restMs = 60_000;

/** Deletes every message of a queue, at most once a minute. */
export const purgeQueue = operation({
  input: z.strictObject({ QueueUrl: queueUrl }),
  needs: onQueue('PurgeQueue'),
  async run({ QueueUrl }, call: Call<SqsState>) {
    const { state, world } = call;
    const queue = queueOf(call, QueueUrl);
    const now = world.clock.now();
    if (queue.purged !== undefined && now - queue.purged < restMs)
      throw sqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      );
    state.queues.set(queue.name, { ...queue, purged: now });
    state.backlog.clear(queue);
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { noSuchQueue, onQueue, urlOf, type SqsState } from './queue.ts';

const input = z.strictObject({ QueueName: z.string().min(1), QueueOwnerAWSAccountId: z.string().optional() });

/** The URL of a queue, by name. */
export const getQueueUrl = operation({
  input,
  needs: ({ QueueName }, call: Call<SqsState>) =>
    onQueue('GetQueueUrl')({ QueueUrl: urlOf(call.world, QueueName) }, call),
  run({ QueueName, QueueOwnerAWSAccountId: owner }, { state, world }: Call<SqsState>) {
    if (!state.queues.has(QueueName) || (owner !== undefined && owner !== world.accountId)) throw noSuchQueue();
    return { QueueUrl: urlOf(world, QueueName) };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

/** The tags of a queue. */
export const listQueueTags = operation({
  input: z.strictObject({ QueueUrl: queueUrl }),
  needs: onQueue('ListQueueTags'),
  run({ QueueUrl }, call: Call<SqsState>) {
    const { tags } = queueOf(call, QueueUrl);
    return Object.keys(tags).length > 0 ? { Tags: tags } : {};
  },
});

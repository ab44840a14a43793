import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { changeQueue, onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

/** Takes tags from a queue. */
export const untagQueue = operation({
  input: z.strictObject({ QueueUrl: queueUrl, TagKeys: z.array(z.string()) }),
  needs: onQueue('UntagQueue'),
  async run({ QueueUrl, TagKeys }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    const left = Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key));
    await changeQueue(call, { ...queue, tags: Object.fromEntries(left) });
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { changeQueue, onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';
import { changedAttributes } from './queueAttributes.ts';

/** Changes attributes of a queue; those not named stay. */
export const setQueueAttributes = operation({
  input: z.strictObject({ QueueUrl: queueUrl, Attributes: z.record(z.string(), z.string()) }),
  needs: onQueue('SetQueueAttributes'),
  async run({ QueueUrl, Attributes }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    await changeQueue(call, { ...queue, attributes: changedAttributes(queue, Attributes, call) });
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { invalidParameters } from './errors.ts';
import { changeQueue, onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';

const input = z.strictObject({
  QueueUrl: queueUrl,
  Tags: z.record(z.string().min(1).max(128), z.string().max(256)),
});

const mostTags = 50;

/** Adds tags to a queue. */
export const tagQueue = operation({
  input,
  needs: onQueue('TagQueue'),
  async run({ QueueUrl, Tags }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    const tags = { ...queue.tags, ...Tags };
    if (Object.keys(tags).length > mostTags)
      throw invalidParameters(`Too many tags for the queue; at most ${mostTags}.`);
    await changeQueue(call, { ...queue, tags });
    return {};
  },
});

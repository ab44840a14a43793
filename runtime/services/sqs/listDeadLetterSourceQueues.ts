import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { pageOf } from './page.ts';
import { arnOf, onQueue, queueOf, queueUrl, urlOf, type SqsState } from './queue.ts';
import { redriveOf } from './queueAttributes.ts';

const input = z.strictObject({
  QueueUrl: queueUrl,
  MaxResults: z.int().min(1).max(1000).default(1000),
  NextToken: z.string().optional(),
});

/** The URLs of the queues whose RedrivePolicy names this one. */
export const listDeadLetterSourceQueues = operation({
  input,
  needs: onQueue('ListDeadLetterSourceQueues'),
  run({ QueueUrl, MaxResults, NextToken }, call: Call<SqsState>) {
    const { state, world } = call;
    const arn = arnOf(world, queueOf(call, QueueUrl).name);
    const sources = [...state.queues.values()].filter((queue) => redriveOf(queue)?.deadLetterTargetArn === arn);
    const { page, next } = pageOf(sources, NextToken, MaxResults);
    return { queueUrls: page.map(({ name }) => urlOf(world, name)), ...next };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { pageOf } from './page.ts';
import { urlOf, type SqsState } from './queue.ts';

const input = z.strictObject({
  QueueNamePrefix: z.string().default(''),
  MaxResults: z.int().min(1).max(1000).default(1000),
  NextToken: z.string().optional(),
});

/** The URLs of all queues, up to 1,000 on a page. */
export const listQueues = operation({
  input,
  needs: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  run({ QueueNamePrefix, MaxResults, NextToken }, { state, world }: Call<SqsState>) {
    const names = [...state.queues.keys()].filter((name) => name.startsWith(QueueNamePrefix)).toSorted();
    const { page, next } = pageOf(names, NextToken, MaxResults);
    return { ...(page.length > 0 && { QueueUrls: page.map((name) => urlOf(world, name)) }), ...next };
  },
});

/** Simple Queue Service: standard and first-in-first-out queues, with dead letters. Its clients speak JSON, not the query protocol. */
import type { Service, ServiceFactory, World } from '../../operation.ts';
import { openBacklog } from './backlog.ts';
import { changeMessageVisibility } from './changeMessageVisibility.ts';
import { changeMessageVisibilityBatch } from './changeMessageVisibilityBatch.ts';
import { createQueue } from './createQueue.ts';
import { openDeduplication } from './deduplication.ts';
import { deleteMessage } from './deleteMessage.ts';
import { deleteMessageBatch } from './deleteMessageBatch.ts';
import { deleteQueue } from './deleteQueue.ts';
import { getQueueAttributes } from './getQueueAttributes.ts';
import { getQueueUrl } from './getQueueUrl.ts';
import { listDeadLetterSourceQueues } from './listDeadLetterSourceQueues.ts';
import { listQueues } from './listQueues.ts';
import { listQueueTags } from './listQueueTags.ts';
import { purgeQueue } from './purgeQueue.ts';
import { openQueueMetrics } from './queueMetrics.ts';
import { arnOf, type Queue, type SqsState } from './queue.ts';
import { receiveMessage } from './receiveMessage.ts';
import { sendMessage } from './sendMessage.ts';
import { sendMessageBatch } from './sendMessageBatch.ts';
import { setQueueAttributes } from './setQueueAttributes.ts';
import { tagQueue } from './tagQueue.ts';
import { untagQueue } from './untagQueue.ts';

const operations = {
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  CreateQueue: createQueue,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  ListQueueTags: listQueueTags,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  SetQueueAttributes: setQueueAttributes,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
};

/** The SQS of a runtime. */
export const sqs: ServiceFactory = (world: World): Service<SqsState> => {
  const queues = world.store.table<Queue>('sqs.queues');
  const byArn = (arn: string) => {
    const queue = queues.get(arn.split(':').at(-1) ?? '');
    return queue && arnOf(world, queue.name) === arn ? queue : undefined;
  };
  const backlog = openBacklog(world, byArn, (queueId) => metrics.touch(queueId));
  const metrics = openQueueMetrics(world, queues, (queue) => backlog.counts(queue));
  return {
    name: 'sqs',
    protocol: 'awsJson1.0',
    operations,
    state: { queues, backlog, deduplication: openDeduplication(world) },
    start() {
      // What is in them from before is still there.
      for (const { id } of queues.values()) metrics.touch(id);
    },
    stop() {
      metrics.stop();
      backlog.stop();
    },
  };
};

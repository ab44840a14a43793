import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { invalidParameters, sqsError } from './errors.ts';
import { arnOf, urlOf, type Queue, type SqsState } from './queue.ts';
import { changedAttributes, shownAttributes } from './queueAttributes.ts';

const input = z.strictObject({
  QueueName: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

const standardName = /^[A-Za-z0-9_-]{1,80}$/;
const fifoName = /^[A-Za-z0-9_-]{1,75}\.fifo$/;

const checkName = (name: string, fifo: boolean) => {
  if (fifo && !fifoName.test(name))
    throw invalidParameters(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  if (!fifo && !standardName.test(name))
    throw invalidParameters('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
};

/** Makes a queue; the same again answers the same URL. The 60 seconds that a deleted queue's name rests on AWS are not waited for. */
export const createQueue = operation({
  input,
  needs: ({ QueueName, tags }, { world }) => {
    const resource = arnOf(world, QueueName);
    const create = { action: 'sqs:CreateQueue', resource };
    return Object.keys(tags).length === 0 ? [create] : [create, { action: 'sqs:TagQueue', resource }];
  },
  async run({ QueueName: name, Attributes, tags }, call: Call<SqsState>) {
    const { state, world } = call;
    const { FifoQueue, ...given } = Attributes;
    if (FifoQueue !== undefined && FifoQueue !== 'true')
      throw sqsError('InvalidAttributeName', 'Unknown Attribute FifoQueue.');
    checkName(name, FifoQueue === 'true');
    const attributes = changedAttributes({ name, attributes: {} }, given, call);
    const known = state.queues.get(name);
    if (known) {
      const has = shownAttributes(known, call);
      const other = Object.entries(attributes).find(([attribute, value]) => has[attribute] !== value)?.[0];
      if (other !== undefined)
        throw sqsError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${other}`,
        );
      return { QueueUrl: urlOf(world, name) };
    }
    const now = Math.floor(world.clock.now() / 1000);
    const queue: Queue = { id: world.ids.uuid(), name, attributes, tags, created: now, modified: now };
    state.queues.set(name, queue);
    await world.store.flushed();
    return { QueueUrl: urlOf(world, name) };
  },
});

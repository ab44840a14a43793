import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { eachEntry } from './batch.ts';
import { sqsError } from './errors.ts';
import { sizeOf } from './message.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';
import { send, sendMembers } from './send.ts';

const input = z.strictObject({
  QueueUrl: queueUrl,
  Entries: z.array(z.strictObject({ Id: z.string(), ...sendMembers })),
});

const largestBatch = 1_048_576;

/** Sends up to ten messages of 1 MiB together, in their order. */
export const sendMessageBatch = operation({
  input,
  needs: onQueue('SendMessage'),
  async run({ QueueUrl, Entries }, call: Call<SqsState>) {
    const queue = queueOf(call, QueueUrl);
    const size = Entries.reduce((sum, it) => sum + sizeOf(it.MessageBody, it.MessageAttributes ?? {}), 0);
    if (size > largestBatch)
      throw sqsError(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${largestBatch} bytes. You have sent ${size} bytes.`,
      );
    const answer = eachEntry(Entries, ({ Id: _, ...message }) => send(queue, message, call));
    await call.world.store.flushed();
    return answer;
  },
});

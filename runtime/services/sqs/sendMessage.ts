import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { onQueue, queueOf, queueUrl, type SqsState } from './queue.ts';
import { send, sendMembers } from './send.ts';

/** Sends a message; it is on disk when this answers. */
export const sendMessage = operation({
  input: z.strictObject({ QueueUrl: queueUrl, ...sendMembers }),
  needs: onQueue('SendMessage'),
  async run({ QueueUrl, ...message }, call: Call<SqsState>) {
    const sent = send(queueOf(call, QueueUrl), message, call);
    await call.world.store.flushed();
    return sent;
  },
});

import type { Call } from '../../operation.ts';
import { invalidValue } from './errors.ts';
import type { Queue, SqsState } from './queue.ts';
import { readHandle } from './receiptHandle.ts';

/** Hours a message may stay invisible from its receipt on, in seconds. */
const longest = 43_200;

/** Lets a received message stay invisible for `seconds` from now; 0 gives it back at once. */
export const changeVisibility = (
  queue: Queue,
  handle: string,
  seconds: number,
  { state, world }: Call<SqsState>,
): object => {
  if (seconds < 0 || seconds > longest)
    throw invalidValue('VisibilityTimeout', seconds, `Must be between 0 and ${longest}.`);
  const { messageId, count } = readHandle(queue, handle);
  const now = world.clock.now();
  const { receipt } = state.backlog.get(queue, messageId) ?? {};
  if (!receipt || receipt.count !== count || receipt.visible <= now)
    throw invalidValue(
      'ReceiptHandle',
      handle,
      'Message does not exist or is not available for visibility timeout change.',
    );
  state.backlog.changeVisibility(queue, messageId, { ...receipt, visible: now + seconds * 1000 });
  return {};
};

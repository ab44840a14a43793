/** FIFO queues: the number each message gets, and the five minutes in which the same message is taken once. */
import type { World } from '../../operation.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

/** Table `sqs.deduplications`, keyed by queue, group where the scope is one, and deduplication id. */
interface Accepted {
  messageId: string;
  sequenceNumber: string;
  /** Epoch ms. */
  at: number;
}

export interface Deduplication {
  /** The message that holds this deduplication id: an earlier one, or the given one with the queue's next number. */
  note(
    queue: Queue,
    message: Message,
    deduplicationId: string,
  ): { messageId: string; sequenceNumber: string; duplicate: boolean };
  /** Forgets what was accepted by a queue that is gone. */
  forget(queue: Queue): void;
}

const interval = 5 * 60_000;
/** Twenty digits from the start, as the numbers of AWS have: texts in order are numbers in order. */
const firstNumber = 10n ** 19n;

export const openDeduplication = (world: World): Deduplication => {
  const accepted = world.store.table<Accepted>('sqs.deduplications');
  const numbered = world.store.table<number>('sqs.sequences');

  /** Oldest first, so the first one that still counts ends the search. */
  const prune = (now: number) => {
    for (const key of accepted.keys()) {
      if (now - (accepted.get(key)?.at ?? 0) < interval) return;
      accepted.delete(key);
    }
  };

  return {
    note(queue, { messageId, groupId = '' }, deduplicationId) {
      const now = world.clock.now();
      prune(now);
      const group = queue.attributes['DeduplicationScope'] === 'messageGroup' ? groupId : '';
      const key = JSON.stringify([queue.id, group, deduplicationId]);
      const earlier = accepted.get(key);
      if (earlier) return { ...earlier, duplicate: true };
      const count = (numbered.get(queue.id) ?? 0) + 1;
      numbered.set(queue.id, count);
      const sequenceNumber = String(firstNumber + BigInt(count));
      accepted.set(key, { messageId, sequenceNumber, at: now });
      return { messageId, sequenceNumber, duplicate: false };
    },
    forget(queue) {
      numbered.delete(queue.id);
      const prefix = JSON.stringify([queue.id]).slice(0, -1);
      for (const key of accepted.keys()) if (key.startsWith(prefix)) accepted.delete(key);
    },
  };
};

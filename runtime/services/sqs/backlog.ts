/**
 * The messages of all queues. What was sent and how often it was received are kept apart, so that a receipt does not write a
 * megabyte again. A message leaves its queue when it is deleted, when its retention is over, and when it was received too often.
 */
import type { World } from '../../operation.ts';
import type { Message } from './message.ts';
import { arnOf, isFifo, type Queue } from './queue.ts';
import { numberOf, redriveOf } from './queueAttributes.ts';

/** Table `sqs.receipts`, keyed as the message. */
export interface Receipt {
  count: number;
  /** Epoch ms. */
  first: number;
  /** Epoch ms from which others may receive it. */
  visible: number;
}

export interface Received {
  message: Message;
  receipt: Receipt;
}

export interface Backlog {
  /** Keeps a message at the end of its queue and wakes who waits for one. */
  put(message: Message): void;
  get(queue: Queue, messageId: string): { message: Message; receipt?: Receipt } | undefined;
  /** Up to `most` messages, invisible to others for `visibility` seconds. */
  receive(queue: Queue, most: number, visibility: number): Received[];
  changeVisibility(queue: Queue, messageId: string, receipt: Receipt): void;
  delete(queue: Queue, messageId: string): void;
  /** Deletes every message; who waits for one looks again, and finds the queue empty or gone. */
  clear(queue: Queue): void;
  counts(queue: Queue): { visible: number; inFlight: number; delayed: number };
  /** Resolves when there may be a message to receive, and at `deadline` (epoch ms) at the latest; true unless the runtime stops. */
  changed(queue: Queue, deadline: number): Promise<boolean>;
  /** Ends every wait. */
  stop(): void;
}

export const openBacklog = (
  world: World,
  queueByArn: (arn: string) => Queue | undefined,
  touched: (queueId: string) => void,
): Backlog => {
  const messages = world.store.table<Message>('sqs.messages');
  const receipts = world.store.table<Receipt>('sqs.receipts');
  /** Message ids by queue, oldest first. */
  const queued = new Map<string, Set<string>>();
  const waiting = new Map<string, Set<() => void>>();
  let stopped = false;

  const idsOf = (queueId: string): Set<string> => {
    let ids = queued.get(queueId);
    if (!ids) queued.set(queueId, (ids = new Set()));
    return ids;
  };
  const wake = (queueId: string) => {
    touched(queueId);
    for (const resolve of waiting.get(queueId) ?? []) resolve();
  };
  for (const { queueId, messageId } of messages.values()) idsOf(queueId).add(messageId);
  const drop = (queueId: string, messageId: string) => {
    messages.delete(`${queueId}/${messageId}`);
    receipts.delete(`${queueId}/${messageId}`);
    idsOf(queueId).delete(messageId);
  };
  const put = (message: Message) => {
    messages.set(`${message.queueId}/${message.messageId}`, message);
    idsOf(message.queueId).add(message.messageId);
    wake(message.queueId);
  };

  /** What is still in the queue, oldest first; messages whose retention is over leave it. */
  function* living(queue: Queue) {
    const expired = world.clock.now() - numberOf(queue, 'MessageRetentionPeriod') * 1000;
    for (const messageId of idsOf(queue.id)) {
      const message = messages.get(`${queue.id}/${messageId}`);
      if (!message || message.sent <= expired) drop(queue.id, messageId);
      else yield { message, receipt: receipts.get(`${queue.id}/${messageId}`) };
    }
  }

  /** The retention of a standard queue's message counts from when it was first sent, that of a FIFO queue's begins anew. */
  const moveToDeadLetters = (queue: Queue, target: Queue, message: Message) => {
    const sent = isFifo(queue) ? world.clock.now() : message.sent;
    drop(queue.id, message.messageId);
    put({ ...message, queueId: target.id, sent, ready: world.clock.now(), deadLetterSource: arnOf(world, queue.name) });
  };

  return {
    put,
    get(queue, messageId) {
      const message = messages.get(`${queue.id}/${messageId}`);
      const receipt = receipts.get(`${queue.id}/${messageId}`);
      return message && { message, ...(receipt && { receipt }) };
    },
    receive(queue, most, visibility) {
      const now = world.clock.now();
      const fifo = isFifo(queue);
      const redrive = redriveOf(queue);
      const deadLetters = redrive && queueByArn(redrive.deadLetterTargetArn);
      const heldGroups = new Set<string>();
      const received: Received[] = [];
      for (const { message, receipt } of living(queue)) {
        if (received.length >= most) break;
        const group = fifo ? (message.groupId ?? '') : undefined;
        if (group !== undefined && heldGroups.has(group)) continue;
        if ((receipt?.visible ?? message.ready) > now) {
          if (group !== undefined) heldGroups.add(group);
        } else if (redrive && deadLetters && (receipt?.count ?? 0) >= redrive.maxReceiveCount) {
          moveToDeadLetters(queue, deadLetters, message);
        } else {
          const taken: Receipt = {
            count: (receipt?.count ?? 0) + 1,
            first: receipt?.first ?? now,
            visible: now + visibility * 1000,
          };
          receipts.set(`${queue.id}/${message.messageId}`, taken);
          received.push({ message, receipt: taken });
        }
      }
      return received;
    },
    changeVisibility(queue, messageId, receipt) {
      receipts.set(`${queue.id}/${messageId}`, receipt);
      wake(queue.id);
    },
    delete(queue, messageId) {
      drop(queue.id, messageId);
      // The next message of its group may be received now.
      wake(queue.id);
    },
    clear(queue) {
      for (const messageId of idsOf(queue.id)) drop(queue.id, messageId);
      queued.delete(queue.id);
      wake(queue.id);
    },
    counts(queue) {
      const now = world.clock.now();
      const counts = { visible: 0, inFlight: 0, delayed: 0 };
      for (const { message, receipt } of living(queue))
        if ((receipt?.visible ?? message.ready) <= now) counts.visible++;
        else if (receipt) counts.inFlight++;
        else counts.delayed++;
      return counts;
    },
    async changed(queue, deadline) {
      if (stopped) return false;
      const now = world.clock.now();
      let next = deadline;
      for (const { message, receipt } of living(queue)) {
        const visible = receipt?.visible ?? message.ready;
        if (visible > now && visible < next) next = visible;
      }
      const waiters = waiting.get(queue.id) ?? new Set();
      waiting.set(queue.id, waiters);
      await new Promise<void>((resolve) => {
        const done = () => {
          cancel();
          waiters.delete(done);
          resolve();
        };
        const cancel = world.clock.alarm(next, done);
        waiters.add(done);
      });
      if (waiters.size === 0) waiting.delete(queue.id);
      return !stopped;
    },
    stop() {
      stopped = true;
      for (const queueId of waiting.keys()) wake(queueId);
    },
  };
};

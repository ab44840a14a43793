/**
 * What SQS reports of queues in the namespace AWS/SQS: how many messages they hold, once a minute while they hold any or have
 * just changed. A queue that stays empty is not looked at.
 */
import type { Table } from '../../journal/store.ts';
import type { World } from '../../operation.ts';
import type { Backlog } from './backlog.ts';
import type { Queue } from './queue.ts';

export interface QueueMetrics {
  /** A queue's messages have changed. */
  touch(queueId: string): void;
  stop(): void;
}

const minute = 60_000;
/** Taken this long (ms) before the full minute, so that an alarm at the full minute sees it. */
const lead = 1_000;

export const openQueueMetrics = (world: World, queues: Table<Queue>, counts: Backlog['counts']): QueueMetrics => {
  const { clock } = world;
  const restless = new Set<string>();
  let cancel: (() => void) | undefined;
  let stopped = false;

  const sample = () => {
    cancel = undefined;
    const gone = new Set(restless);
    for (const queue of queues.values()) {
      if (!gone.delete(queue.id)) continue;
      const { visible, inFlight, delayed } = counts(queue);
      const values = {
        ApproximateNumberOfMessagesVisible: visible,
        ApproximateNumberOfMessagesNotVisible: inFlight,
        ApproximateNumberOfMessagesDelayed: delayed,
      };
      const dimensions = { QueueName: queue.name };
      world.measure(
        Object.entries(values).map(([metric, value]) => ({
          namespace: 'AWS/SQS',
          metric,
          dimensions,
          value,
          unit: 'Count',
        })),
      );
      if (visible + inFlight + delayed === 0) restless.delete(queue.id);
    }
    for (const queueId of gone) restless.delete(queueId);
    if (restless.size > 0) wait();
  };
  const wait = () => {
    const next = (Math.floor((clock.now() + lead) / minute) + 1) * minute - lead;
    cancel = clock.alarm(next, sample);
  };

  return {
    touch(queueId) {
      restless.add(queueId);
      if (!cancel && !stopped) wait();
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
};

/**
 * What is on its way to a target that may be away. A delivery is in the store before the target hears of it and leaves it when the
 * target has accepted, so that a crash delays it and never loses it: delivery is at least once. A target that refuses for now is
 * tried again with growing pauses until the sender's policy is exhausted; then what is left is to hand it to the dead-letter queue.
 */
import type { Table } from './journal/store.ts';
import { AwsError, type World } from './operation.ts';

export interface Delivery {
  attempts: number;
  /** Epoch ms before which it is not tried again. */
  due: number;
  /** Why it was given up. */
  dead?: DeadLetter;
}

export interface DeadLetter {
  code: string;
  message: string;
  condition?: ExhaustedCondition;
}

export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** What became of an attempt that failed: another one follows, it is given up, or its dead letter could not be left either. */
export type Setback = 'again' | 'given up' | 'lost';

export interface Sender<Sent extends Delivery> {
  /** The table of the store. */
  table: string;
  deliver(delivery: Sent): Promise<unknown>;
  bury(delivery: Sent, dead: DeadLetter): Promise<unknown>;
  /** Whether a delivery that was given up has a queue to go to. */
  hasDeadLetters(delivery: Sent): boolean;
  /** Which limit of the policy is passed after so many attempts, if one is. */
  exhausted(delivery: Sent, attempts: number, now: number): ExhaustedCondition | undefined;
  log(setback: Setback, delivery: Sent, attempts: number, error: unknown): void;
}

export interface Deliveries<Sent extends Delivery> {
  has(id: string): boolean;
  /** Keeps the delivery and tries it when it is due; durable once the store is flushed. */
  add(id: string, delivery: Sent): void;
  /** Takes up what waited when the process ended. */
  start(): void;
  stop(): void;
}

const firstRetry = 1_000;
const longestRetry = 300_000;

export const createDeliveries = <Sent extends Delivery>(world: World, sender: Sender<Sent>): Deliveries<Sent> => {
  const waiting: Table<Sent> = world.store.table(sender.table);
  const alarms = new Map<string, () => void>();
  let open = true;

  const wake = (id: string, due: number) => {
    if (open)
      alarms.set(
        id,
        world.clock.alarm(due, () => void attempt(id)),
      );
  };

  const attempt = async (id: string) => {
    alarms.delete(id);
    const delivery = waiting.get(id);
    if (!open || !delivery) return;
    try {
      // The store must know of the delivery before the target does.
      await world.store.flushed();
      await (delivery.dead ? sender.bury(delivery, delivery.dead) : sender.deliver(delivery));
      waiting.delete(id);
    } catch (error) {
      if (open) failed(id, delivery, error);
    }
  };

  const failed = (id: string, delivery: Sent, error: unknown) => {
    const attempts = delivery.attempts + 1;
    const now = world.clock.now();
    const condition = sender.exhausted(delivery, attempts, now);
    if (passing(error) && (delivery.dead || !condition)) {
      sender.log('again', delivery, attempts, error);
      keep(id, { ...delivery, attempts, due: now + Math.min(firstRetry * 2 ** (attempts - 1), longestRetry) });
      return;
    }
    sender.log(delivery.dead ? 'lost' : 'given up', delivery, attempts, error);
    if (delivery.dead || !sender.hasDeadLetters(delivery)) {
      waiting.delete(id);
      return;
    }
    const dead = { ...told(error), ...(passing(error) && condition && { condition }) };
    keep(id, { ...delivery, attempts, due: now, dead });
  };

  const keep = (id: string, delivery: Sent) => {
    waiting.set(id, delivery);
    wake(id, delivery.due);
  };

  return {
    has: (id) => waiting.has(id),
    add: keep,
    start() {
      for (const id of waiting.keys()) if (!alarms.has(id)) wake(id, waiting.get(id)?.due ?? 0);
    },
    stop() {
      open = false;
      for (const cancel of alarms.values()) cancel();
      alarms.clear();
    },
  };
};

/** A target that is gone, or that refuses its caller, will do so again; everything else may pass. */
const passing = (error: unknown) =>
  !(error instanceof AwsError) || error.status >= 500 || error.status === 429 || /Throttl|TooMany/.test(error.code);

const told = (error: unknown): DeadLetter =>
  error instanceof AwsError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL_FAILURE', message: String(error) };

/** Attributes of a message in a queue, all of them texts. */
export const textAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );

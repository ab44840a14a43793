/**
 * What is on its way from a schedule to its target. A delivery is in the store before the target hears of it and leaves it when
 * the target has accepted: delivery is at least once. A target that refuses is tried again with growing pauses until the retry
 * policy is exhausted; then the dead-letter queue gets the payload.
 */
import type { Table } from '../../journal/store.ts';
import { AwsError, type World } from '../../operation.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import { groupArn, type Schedule, type Tick } from './schedules.ts';
import { payloadOf, sendTo } from './targets.ts';
import { takeOn } from './executionRole.ts';

export interface Delivery {
  scheduleArn: string;
  groupName: string;
  target: Schedule['Target'];
  /** Epoch ms: what the expression says, and when the target was first to be called. */
  scheduled: number;
  since: number;
  attempts: number;
  /** Epoch ms before which it is not tried again. */
  due: number;
  /** Why it was given up: what is left is to hand it to the dead-letter queue. */
  dead?: { code: string; message: string; condition?: string };
}

export interface Deliveries {
  /** Keeps the delivery of a tick; durable once the store is flushed. */
  add(schedule: Schedule, tick: Tick): void;
  start(): void;
  stop(): void;
}

const firstRetry = 1_000;
const longestRetry = 300_000;

export const createDeliveries = (world: World): Deliveries => {
  const waiting: Table<Delivery> = world.store.table('scheduler.deliveries');
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
      // The store must know of the tick before the target does.
      await world.store.flushed();
      await (delivery.dead ? bury(world, delivery, delivery.dead) : deliver(world, delivery));
      waiting.delete(id);
    } catch (error) {
      if (open) failed(id, delivery, error);
    }
  };

  const failed = (id: string, delivery: Delivery, error: unknown) => {
    const { RetryPolicy, DeadLetterConfig, Arn } = delivery.target;
    const attempts = delivery.attempts + 1;
    const now = world.clock.now();
    const fields = { schedule: delivery.scheduleArn, target: Arn, attempts, error: String(error) };
    const condition = exhausted(delivery, attempts, now, RetryPolicy);
    if (passing(error) && (delivery.dead || !condition)) {
      world.log('warn', 'A schedule could not call its target; it is tried again', fields);
      keep(id, { ...delivery, attempts, due: now + Math.min(firstRetry * 2 ** (attempts - 1), longestRetry) });
      return;
    }
    world.log('error', 'A schedule could not call its target; the call is given up', fields);
    if (delivery.dead || DeadLetterConfig?.Arn === undefined) {
      waiting.delete(id);
      return;
    }
    const dead = { ...told(error), ...(passing(error) && condition && { condition }) };
    keep(id, { ...delivery, attempts, due: now, dead });
  };

  const keep = (id: string, delivery: Delivery) => {
    waiting.set(id, delivery);
    wake(id, delivery.due);
  };

  return {
    add({ Arn, GroupName, Target }, { scheduled, due }) {
      const id = `${Arn}/${scheduled}`;
      if (waiting.has(id)) return;
      keep(id, { scheduleArn: Arn, groupName: GroupName, target: Target, scheduled, since: due, attempts: 0, due });
    },
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

const exhausted = (
  { since }: Delivery,
  attempts: number,
  now: number,
  { MaximumEventAgeInSeconds, MaximumRetryAttempts }: Schedule['Target']['RetryPolicy'],
) => {
  if (attempts > MaximumRetryAttempts) return 'MaximumRetryAttempts';
  return now - since > MaximumEventAgeInSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
};

/** A target that is gone, or that refuses the role, will do so again; everything else may pass. */
const passing = (error: unknown) =>
  !(error instanceof AwsError) || error.status >= 500 || error.status === 429 || /Throttl|TooMany/.test(error.code);

const told = (error: unknown) =>
  error instanceof AwsError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL_FAILURE', message: String(error) };

const deliver = async (world: World, delivery: Delivery) => {
  const { target, groupName } = delivery;
  const caller = await takeOn(world, target.RoleArn, groupArn(world, groupName));
  await sendTo(world, caller, target, payloadOf(world, delivery));
};

/** The payload that the target did not get, with attributes that say why (EventBridge Scheduler User Guide, dead-letter queue). */
const bury = async (world: World, delivery: Delivery, dead: NonNullable<Delivery['dead']>) => {
  const { target, groupName, scheduleArn, scheduled, attempts } = delivery;
  const attributes = {
    ERROR_CODE: dead.code,
    ERROR_MESSAGE: dead.message,
    EXECUTION_ID: world.ids.hex(8),
    ...(dead.condition && { EXHAUSTED_RETRY_CONDITION: dead.condition }),
    RETRY_ATTEMPTS: String(attempts - 1),
    SCHEDULED_TIME: new Date(scheduled).toISOString().replace('.000', ''),
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: target.Arn,
  };
  const caller = await takeOn(world, target.RoleArn, groupArn(world, groupName));
  await world.call(caller, 'sqs', 'SendMessage', {
    QueueUrl: queueUrlOf(world, target.DeadLetterConfig?.Arn ?? ''),
    MessageBody: payloadOf(world, delivery),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  });
};

/** What is on its way from a schedule to its target: called at least once, as the schedule's role. */
import {
  createDeliveries,
  textAttributes,
  type DeadLetter,
  type Delivery as OnItsWay,
  type Deliveries as Kept,
} from '../../deliveries.ts';
import type { World } from '../../operation.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import { groupArn, type Schedule, type Tick } from './schedules.ts';
import { payloadOf, sendTo } from './targets.ts';
import { takeOn } from './executionRole.ts';

export interface Delivery extends OnItsWay {
  scheduleArn: string;
  groupName: string;
  target: Schedule['Target'];
  /** Epoch ms: what the expression says, and when the target was first to be called. */
  scheduled: number;
  since: number;
}

export interface Deliveries extends Pick<Kept<Delivery>, 'start' | 'stop'> {
  /** Keeps the delivery of a tick, once; durable once the store is flushed. */
  add(schedule: Schedule, tick: Tick): void;
}

export const scheduleDeliveries = (world: World): Deliveries => {
  const kept = createDeliveries<Delivery>(world, {
    table: 'scheduler.deliveries',
    deliver: (delivery) => deliver(world, delivery),
    bury: (delivery, dead) => bury(world, delivery, dead),
    hasDeadLetters: ({ target }) => target.DeadLetterConfig?.Arn !== undefined,
    exhausted({ since, target: { RetryPolicy } }, attempts, now) {
      if (attempts > RetryPolicy.MaximumRetryAttempts) return 'MaximumRetryAttempts';
      return now - since > RetryPolicy.MaximumEventAgeInSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
    },
    log(setback, { scheduleArn, target }, attempts, error) {
      const fields = { schedule: scheduleArn, target: target.Arn, attempts, error: String(error) };
      if (setback === 'again') world.log('warn', 'A schedule could not call its target; it is tried again', fields);
      else world.log('error', 'A schedule could not call its target; the call is given up', fields);
    },
  });
  return {
    ...kept,
    add({ Arn, GroupName, Target }, { scheduled, due }) {
      const id = `${Arn}/${scheduled}`;
      if (kept.has(id)) return;
      kept.add(id, { scheduleArn: Arn, groupName: GroupName, target: Target, scheduled, since: due, attempts: 0, due });
    },
  };
};

const deliver = async (world: World, delivery: Delivery) => {
  const { target, groupName } = delivery;
  const caller = await takeOn(world, target.RoleArn, groupArn(world, groupName));
  await sendTo(world, caller, target, payloadOf(world, delivery));
};

/** The payload that the target did not get, with attributes that say why (EventBridge Scheduler User Guide, dead-letter queue). */
const bury = async (world: World, delivery: Delivery, dead: DeadLetter) => {
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
    MessageAttributes: textAttributes(attributes),
  });
};

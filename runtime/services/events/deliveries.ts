/**
 * What is on its way from a rule to its target. A delivery is in the store before PutEvents answers and leaves it when the
 * target has accepted, so that a crash delays an event and never loses it: delivery is at least once.
 */
import type { Table } from '../../journal/store.ts';
import { AwsError, type Principal, type World } from '../../operation.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import type { BusEvent, Target } from './eventsState.ts';

interface Delivery {
  event: BusEvent;
  ruleArn: string;
  target: Target;
  attempts: number;
  /** Epoch ms of the event's arrival. */
  arrived: number;
  /** Epoch ms before which it is not tried again. */
  due: number;
  /** Why it was given up: what is left is to hand it to the dead-letter queue. */
  dead?: DeadLetter;
}

interface DeadLetter {
  code: string;
  message: string;
  condition?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
}

export interface Deliveries {
  /** Keeps the delivery; durable once the store is flushed. */
  add(event: BusEvent, ruleArn: string, target: Target): void;
  /** Tries everything that is due, now and whenever something becomes due. */
  start(): void;
  stop(): void;
}

/** AWS's defaults: 24 hours, 185 attempts (EventBridge User Guide, "How EventBridge retries delivering events"). */
const defaults = { age: 86_400, attempts: 185 };
const firstRetry = 1_000;
const longestRetry = 300_000;

export const createDeliveries = (world: World): Deliveries => {
  const waiting: Table<Delivery> = world.store.table('events.deliveries');
  const alarms = new Map<string, () => void>();
  let open = true;

  const schedule = (id: string, due: number) => {
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
      await (delivery.dead ? bury(world, delivery, delivery.dead) : deliver(world, delivery));
      waiting.delete(id);
    } catch (error) {
      if (open) failed(id, delivery, error);
    }
  };

  const failed = (id: string, delivery: Delivery, error: unknown) => {
    const attempts = delivery.attempts + 1;
    const { MaximumEventAgeInSeconds: age = defaults.age, MaximumRetryAttempts: most = defaults.attempts } =
      delivery.target.RetryPolicy ?? {};
    const now = world.clock.now();
    const fields = { rule: delivery.ruleArn, target: delivery.target.Arn, event: delivery.event.id, attempts };
    const old = now - delivery.arrived > age * 1000;
    if (!delivery.dead && (!passing(error) || attempts > most || old)) {
      world.log('error', `An event was not delivered and is given up: ${String(error)}`, fields);
      const condition = !passing(error)
        ? {}
        : ({ condition: old ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts' } as const);
      giveUp(id, { ...delivery, attempts, dead: { ...told(error), ...condition } });
      return;
    }
    if (delivery.dead && !passing(error)) {
      world.log(
        'error',
        `An event was not delivered, and its dead-letter queue does not take it: ${String(error)}`,
        fields,
      );
      waiting.delete(id);
      return;
    }
    const due = now + Math.min(firstRetry * 2 ** (attempts - 1), longestRetry);
    world.log('warn', `An event was not delivered and is tried again: ${String(error)}`, fields);
    waiting.set(id, { ...delivery, attempts, due });
    schedule(id, due);
  };

  const giveUp = (id: string, delivery: Delivery) => {
    if (delivery.target.DeadLetterConfig?.Arn === undefined) {
      waiting.delete(id);
      return;
    }
    const due = world.clock.now();
    waiting.set(id, { ...delivery, due });
    schedule(id, due);
  };

  return {
    add(event, ruleArn, target) {
      const id = `${event.id}/${ruleArn}/${target.Id}`;
      const now = world.clock.now();
      waiting.set(id, { event, ruleArn, target, attempts: 0, arrived: now, due: now });
      schedule(id, now);
    },
    start() {
      for (const id of waiting.keys()) if (!alarms.has(id)) schedule(id, waiting.get(id)?.due ?? 0);
    },
    stop() {
      open = false;
      for (const cancel of alarms.values()) cancel();
      alarms.clear();
    },
  };
};

/** A target that is gone or that refuses the rule will do so again; everything else may pass. */
const passing = (error: unknown) =>
  !(error instanceof AwsError) || error.status >= 500 || error.status === 429 || /Throttl|TooMany/.test(error.code);

const told = (error: unknown): DeadLetter =>
  error instanceof AwsError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL_FAILURE', message: String(error) };

/** Sends the event as it was to have been delivered, with the attributes that say why it was not (EventBridge User Guide, DLQ). */
const bury = (world: World, { event, ruleArn, target, attempts }: Delivery, dead: DeadLetter): Promise<unknown> => {
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: dead.code,
    ERROR_MESSAGE: dead.message,
    ...(dead.condition && { EXHAUSTED_RETRY_CONDITION: dead.condition }),
  };
  return world.call(asRule(ruleArn), 'sqs', 'SendMessage', {
    QueueUrl: queueUrlOf(world, target.DeadLetterConfig?.Arn ?? ''),
    MessageBody: target.Input ?? JSON.stringify(event),
    MessageAttributes: {
      ...Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(attempts - 1) },
    },
  });
};

const deliver = (world: World, { event, ruleArn, target }: Delivery): Promise<unknown> => {
  const service = target.Arn.split(':')[2] ?? '';
  const send = targets[service];
  if (!send) throw new AwsError('ResourceNotFoundException', `No target of service ${service} in this runtime.`);
  return send(world, ruleArn, target, target.Input ?? JSON.stringify(event));
};

type Send = (world: World, ruleArn: string, target: Target, payload: string) => Promise<unknown>;

const asRule = (ruleArn: string): Principal => ({ kind: 'service', service: 'events.amazonaws.com', arn: ruleArn });

const targets: Readonly<Record<string, Send>> = {
  lambda: (world, ruleArn, { Arn }, payload) =>
    world.call(asRule(ruleArn), 'lambda', 'Invoke', {
      FunctionName: Arn,
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(payload),
    }),
  sns: (world, ruleArn, { Arn }, payload) =>
    world.call(asRule(ruleArn), 'sns', 'Publish', { TopicArn: Arn, Message: payload }),
  sqs: (world, ruleArn, { Arn, SqsParameters }, payload) =>
    world.call(asRule(ruleArn), 'sqs', 'SendMessage', {
      QueueUrl: queueUrlOf(world, Arn),
      MessageBody: payload,
      ...SqsParameters,
    }),
  states: (world, _, { Arn, RoleArn = '' }, payload) =>
    world.call(
      {
        kind: 'role',
        roleArn: RoleArn,
        sessionName: 'events',
        arn: `arn:${world.partition}:sts::${world.accountId}:assumed-role/${RoleArn.split('/').at(-1)}/events`,
      },
      'states',
      'StartExecution',
      { stateMachineArn: Arn, input: payload },
    ),
};

/** Services that a rule can send to. */
export const targetServices = Object.keys(targets);

/** What is on its way from a rule to its target: in the store before PutEvents answers. */
import {
  createDeliveries,
  textAttributes,
  type DeadLetter,
  type Delivery as OnItsWay,
  type Deliveries as Kept,
} from '../../deliveries.ts';
import { AwsError, type Principal, type World } from '../../operation.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import type { BusEvent, Target } from './eventsState.ts';

interface Delivery extends OnItsWay {
  event: BusEvent;
  ruleArn: string;
  target: Target;
  /** Epoch ms of the event's arrival. */
  arrived: number;
}

export interface Deliveries extends Pick<Kept<Delivery>, 'start' | 'stop'> {
  /** Keeps the delivery; durable once the store is flushed. */
  add(event: BusEvent, ruleArn: string, target: Target): void;
}

/** AWS's defaults: 24 hours, 185 attempts (EventBridge User Guide, "How EventBridge retries delivering events"). */
const defaults = { age: 86_400, attempts: 185 };

export const ruleDeliveries = (world: World): Deliveries => {
  const kept = createDeliveries<Delivery>(world, {
    table: 'events.deliveries',
    deliver: (delivery) => deliver(world, delivery),
    bury: (delivery, dead) => bury(world, delivery, dead),
    hasDeadLetters: ({ target }) => target.DeadLetterConfig?.Arn !== undefined,
    exhausted({ arrived, target }, attempts, now) {
      const { MaximumEventAgeInSeconds: age = defaults.age, MaximumRetryAttempts: most = defaults.attempts } =
        target.RetryPolicy ?? {};
      if (now - arrived > age * 1000) return 'MaximumEventAgeInSeconds';
      return attempts > most ? 'MaximumRetryAttempts' : undefined;
    },
    log(setback, { ruleArn, target, event }, attempts, error) {
      const fields = { rule: ruleArn, target: target.Arn, event: event.id, attempts };
      const { level, what } = tellings[setback];
      world.log(level, `An event was not delivered${what}: ${String(error)}`, fields);
    },
  });
  return {
    ...kept,
    add(event, ruleArn, target) {
      const now = world.clock.now();
      kept.add(`${event.id}/${ruleArn}/${target.Id}`, { event, ruleArn, target, attempts: 0, arrived: now, due: now });
    },
  };
};

const tellings = {
  again: { level: 'warn', what: ' and is tried again' },
  'given up': { level: 'error', what: ' and is given up' },
  lost: { level: 'error', what: ', and its dead-letter queue does not take it' },
} as const;

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
      ...textAttributes(attributes),
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

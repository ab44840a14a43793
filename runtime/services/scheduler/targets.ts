/** The templated targets: which call a schedule makes, as its execution role, and with what. */
import { AwsError, type Principal, type World } from '../../operation.ts';
import { queueUrlOf } from '../../queueUrl.ts';
import type { Delivery } from './deliveries.ts';
import type { Target } from './grammar.ts';

interface Templated {
  /** Whether the input must be JSON (CreateSchedule, Target.Input). */
  json: boolean;
  send(world: World, caller: Principal, target: Target, payload: string): Promise<unknown>;
}

const templated: Readonly<Record<string, Templated>> = {
  events: {
    json: true,
    async send(world, caller, { EventBridgeParameters }, Detail) {
      const { DetailType = '', Source = '' } = EventBridgeParameters ?? {};
      const answer = await world.call(caller, 'events', 'PutEvents', { Entries: [{ DetailType, Source, Detail }] });
      const [entry] = (answer as { Entries: { ErrorCode?: string; ErrorMessage?: string }[] }).Entries;
      if (entry?.ErrorCode) throw new AwsError(entry.ErrorCode, entry.ErrorMessage ?? '');
    },
  },
  lambda: {
    json: true,
    send: (world, caller, { Arn }, payload) =>
      world.call(caller, 'lambda', 'Invoke', {
        FunctionName: Arn,
        InvocationType: 'Event',
        Payload: new TextEncoder().encode(payload),
      }),
  },
  sns: {
    json: false,
    send: (world, caller, { Arn }, payload) =>
      world.call(caller, 'sns', 'Publish', { TopicArn: Arn, Message: payload }),
  },
  sqs: {
    json: false,
    send: (world, caller, { Arn, SqsParameters }, payload) =>
      world.call(caller, 'sqs', 'SendMessage', {
        QueueUrl: queueUrlOf(world, Arn),
        MessageBody: payload,
        ...SqsParameters,
      }),
  },
  states: {
    json: true,
    send: (world, caller, { Arn }, payload) =>
      world.call(caller, 'states', 'StartExecution', { stateMachineArn: Arn, input: payload }),
  },
};

const serviceOf = ({ Arn }: Target) => Arn.split(':')[2] ?? '';

/** Calls the target. Throws AwsError, as the target does. */
export const sendTo = async (world: World, caller: Principal, target: Target, payload: string): Promise<void> => {
  await templated[serviceOf(target)]?.send(world, caller, target, payload);
};

/** Throws ValidationException for a target that cannot be called so, NotImplemented for one that nothing here can call. */
export const checkTarget = (target: Target): void => {
  const service = serviceOf(target);
  const kind = Object.hasOwn(templated, service) ? templated[service] : undefined;
  if (!kind)
    throw new AwsError(
      'NotImplemented',
      `NotImplemented: target ${target.Arn}; schedules here call ${Object.keys(templated).join(', ')}, and no universal targets.`,
      501,
    );
  const refuse = (message: string) => new AwsError('ValidationException', message);
  if (kind.json && target.Input !== undefined && !isJson(target.Input))
    throw refuse('Invalid JSON in the Target Input: the input of this target must be a well-formed JSON.');
  if ((service === 'events') !== (target.EventBridgeParameters !== undefined))
    throw refuse('EventBridgeParameters must be specified for an event bus, and for no other target.');
  if (service !== 'sqs' && target.SqsParameters) throw refuse('SqsParameters must be specified for SQS queues only.');
  const isFifo = service === 'sqs' && target.Arn.endsWith('.fifo');
  if (isFifo && !target.SqsParameters?.MessageGroupId)
    throw refuse('SqsParameters.MessageGroupId is required for a FIFO queue.');
};

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** `2022-03-22T18:59:43Z` */
const timeText = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** The input with its context attributes filled in; without input the notification that AWS sends in its place. */
export const payloadOf = (world: World, { target, scheduleArn, scheduled, attempts }: Delivery): string => {
  const attributes: Readonly<Record<string, () => string>> = {
    'schedule-arn': () => scheduleArn,
    'scheduled-time': () => timeText(scheduled),
    'execution-id': () => world.ids.hex(8),
    'attempt-number': () => String(attempts + 1),
  };
  if (target.Input !== undefined)
    return target.Input.replaceAll(
      /<aws\.scheduler\.([a-z-]+)>/g,
      (whole, name: string) => (Object.hasOwn(attributes, name) ? attributes[name]?.() : undefined) ?? whole,
    );
  return JSON.stringify({
    version: '0',
    id: world.ids.uuid(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: world.accountId,
    time: timeText(scheduled),
    region: world.region,
    resources: [scheduleArn],
    detail: '{}',
  });
};

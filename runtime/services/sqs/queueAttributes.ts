/** The attributes of a queue: their ranges and defaults, and what is checked before they are kept. */
import * as z from 'zod';
import { parsePolicy } from '../../iam/policy.ts';
import type { Call } from '../../operation.ts';
import { invalidValue, sqsError } from './errors.ts';
import { arnOf, isFifo, type Queue, type SqsState } from './queue.ts';

/** Smallest, largest and default value (API reference, SetQueueAttributes). */
const numbers = {
  DelaySeconds: [0, 900, 0],
  KmsDataKeyReusePeriodSeconds: [60, 86_400, 300],
  MaximumMessageSize: [1_024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
} as const satisfies Record<string, readonly [number, number, number]>;

type NumberName = keyof typeof numbers;

const flag = z.enum(['true', 'false']);

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: String(error) });
    return z.NEVER;
  }
});

export const redrivePolicy = json.pipe(
  z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().min(1).max(1_000) }),
);
const redriveAllowPolicy = json.pipe(
  z.strictObject({
    redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
    sourceQueueArns: z.array(z.string()).max(10).optional(),
  }),
);

const policy = z.string().refine((text) => {
  try {
    return parsePolicy(text, 'resource');
  } catch {
    return false;
  }
});

/** Attributes that can be set; encryption at rest is the disk's own, so those about keys are kept and do nothing. */
const settable: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    Object.entries(numbers).map(([name, [least, most]]) => [
      name,
      z
        .string()
        .regex(/^\d{1,7}$/)
        .refine((text) => Number(text) >= least && Number(text) <= most),
    ]),
  ),
  ContentBasedDeduplication: flag,
  DeduplicationScope: z.enum(['messageGroup', 'queue']),
  FifoThroughputLimit: z.enum(['perQueue', 'perMessageGroupId']),
  KmsMasterKeyId: z.string(),
  Policy: policy,
  RedriveAllowPolicy: redriveAllowPolicy,
  RedrivePolicy: redrivePolicy,
  SqsManagedSseEnabled: flag,
};

const fifoOnly = new Set(['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']);
/** An empty text takes these away. */
const removable = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId']);

/** An attribute of a queue that is a number, given or by default. */
export const numberOf = ({ attributes }: Queue, name: NumberName): number =>
  Number(attributes[name] ?? numbers[name][2]);

/** Where the queue sends messages that were received too often. */
export const redriveOf = ({ attributes }: Pick<Queue, 'attributes'>): z.infer<typeof redrivePolicy> | undefined =>
  attributes['RedrivePolicy'] === undefined ? undefined : redrivePolicy.parse(attributes['RedrivePolicy']);

/** A dead-letter queue is there, of the same kind, and lets this queue send to it. */
const checkTarget = (text: string, queue: Pick<Queue, 'name'>, { state, world }: Call<SqsState>) => {
  const { deadLetterTargetArn } = redrivePolicy.parse(text);
  const refuse = (reason: string) => invalidValue('RedrivePolicy', text, reason);
  const name = deadLetterTargetArn.split(':').at(-1) ?? '';
  const target = arnOf(world, name) === deadLetterTargetArn ? state.queues.get(name) : undefined;
  if (!target) throw refuse('Dead letter target does not exist.');
  if (isFifo(target) !== isFifo(queue))
    throw refuse('Dead-letter target must be of the same type (standard or FIFO) as the source queue.');
  const allow = target.attributes['RedriveAllowPolicy'];
  const { redrivePermission = 'allowAll', sourceQueueArns = [] } = allow ? redriveAllowPolicy.parse(allow) : {};
  if (redrivePermission === 'allowAll') return;
  if (redrivePermission === 'denyAll' || !sourceQueueArns.includes(arnOf(world, queue.name)))
    throw refuse('The dead-letter queue does not allow this queue as its source (RedriveAllowPolicy).');
};

/**
 * The attributes a queue of this name has after a change; the empty text takes a policy away. Throws InvalidAttributeName,
 * InvalidAttributeValue, InvalidParameterValue.
 */
export const changedAttributes = (
  queue: Pick<Queue, 'name' | 'attributes'>,
  change: Readonly<Record<string, string>>,
  call: Call<SqsState>,
): Record<string, string> => {
  const changed = { ...queue.attributes };
  for (const [name, value] of Object.entries(change)) {
    const grammar = Object.hasOwn(settable, name) ? settable[name] : undefined;
    if (!grammar || (fifoOnly.has(name) && !isFifo(queue)))
      throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    if (value === '' && removable.has(name)) {
      delete changed[name];
      continue;
    }
    const found = grammar.safeParse(value);
    if (!found.success) throw sqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
    if (name === 'RedrivePolicy') checkTarget(value, queue, call);
    changed[name] = value;
  }
  if (changed['FifoThroughputLimit'] === 'perMessageGroupId' && changed['DeduplicationScope'] !== 'messageGroup')
    throw invalidValue(
      'FifoThroughputLimit',
      'perMessageGroupId',
      'DeduplicationScope must be set to messageGroup when FifoThroughputLimit is perMessageGroupId.',
    );
  return changed;
};

/** Every attribute of a queue as GetQueueAttributes shows it. */
export const shownAttributes = (queue: Queue, { state, world }: Call<SqsState>): Record<string, string> => {
  const { visible, inFlight, delayed } = state.backlog.counts(queue);
  const { KmsDataKeyReusePeriodSeconds: period, ...plain } = numbers;
  return {
    QueueArn: arnOf(world, queue.name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(queue.created),
    LastModifiedTimestamp: String(queue.modified),
    SqsManagedSseEnabled: queue.attributes['KmsMasterKeyId'] === undefined ? 'true' : 'false',
    ...Object.fromEntries(Object.entries(plain).map(([name, [, , byDefault]]) => [name, String(byDefault)])),
    ...(queue.attributes['KmsMasterKeyId'] !== undefined && { KmsDataKeyReusePeriodSeconds: String(period[2]) }),
    ...(isFifo(queue) && {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    }),
    ...queue.attributes,
  };
};

/** Names GetQueueAttributes may be asked for. */
export const attributeNames: readonly string[] = [
  'All',
  'QueueArn',
  'FifoQueue',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  ...Object.keys(settable),
];

import * as z from 'zod';
import { AwsError } from '../../operation.ts';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';
import { tags } from './tags.ts';

const policy = z.record(z.string(), z.unknown());

/** Properties that are attributes of the same name. */
const attributes = {
  ContentBasedDeduplication: z.boolean().optional(),
  DeduplicationScope: z.string().optional(),
  DelaySeconds: z.int().optional(),
  FifoThroughputLimit: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: z.int().optional(),
  /** Encryption at rest is the disk's own here. */
  KmsMasterKeyId: z.string().optional(),
  MaximumMessageSize: z.int().optional(),
  MessageRetentionPeriod: z.int().optional(),
  ReceiveMessageWaitTimeSeconds: z.int().optional(),
  RedriveAllowPolicy: policy.optional(),
  RedrivePolicy: policy.optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
  VisibilityTimeout: z.int().optional(),
};

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** AWS::SQS::Queue. A queue of the name that is there already is brought to the same attributes; its messages stay. */
export const queue = resourceType({
  properties: z.strictObject({
    QueueName: z.string().optional(),
    FifoQueue: z.boolean().optional(),
    Tags: tags,
    ...attributes,
  }),
  identity: ({ attributes: { Arn = '' } }) => Arn,
  async apply({ QueueName: given, FifoQueue, Tags = [], ...rest }, { world, call, defaultName }) {
    const fifo = FifoQueue === true ? { FifoQueue: 'true' } : {};
    const QueueName = given ?? (FifoQueue ? `${defaultName(75)}.fifo` : defaultName(80));
    const Attributes = Object.fromEntries(
      Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, text(value)] as const])),
    );
    const input = { QueueName, Attributes: { ...fifo, ...Attributes } };
    const QueueUrl = await call<{ QueueUrl: string }>('sqs', 'CreateQueue', input)
      .catch((error: unknown) => {
        if (!(error instanceof AwsError) || error.code !== 'QueueNameExists') throw error;
        return call<{ QueueUrl: string }>('sqs', 'GetQueueUrl', { QueueName });
      })
      .then((answer) => answer.QueueUrl);
    await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { ...removed, ...Attributes } });
    const wanted = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    const { Tags: had = {} } = await call<{ Tags?: Record<string, string> }>('sqs', 'ListQueueTags', { QueueUrl });
    const stale = Object.keys(had).filter((key) => !Object.hasOwn(wanted, key));
    if (stale.length > 0) await call('sqs', 'UntagQueue', { QueueUrl, TagKeys: stale });
    if (Tags.length > 0) await call('sqs', 'TagQueue', { QueueUrl, Tags: wanted });
    const Arn = `arn:${world.partition}:sqs:${world.region}:${world.accountId}:${QueueName}`;
    return { ref: QueueUrl, attributes: { Arn, QueueName, QueueUrl } };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('sqs', 'DeleteQueue', { QueueUrl: ref })),
});

/** What a queue no longer has when the template no longer says it. */
const removed = { RedrivePolicy: '', RedriveAllowPolicy: '' };

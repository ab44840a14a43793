import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { invalidParameter, topicOf, type Message, type SnsState } from './topic.ts';

const attribute = z.strictObject({
  DataType: z.string().regex(/^(?:String|Number|Binary|String\.Array)(?:\..+)?$/),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

// Phone numbers are no known member: there is no telephone here.
const input = z.strictObject({
  TopicArn: z.string().optional(),
  TargetArn: z.string().optional(),
  Message: z.string().min(1),
  Subject: z.string().optional(),
  MessageStructure: z.literal('json').optional(),
  MessageAttributes: z.record(z.string(), attribute).optional(),
});

const largestMessage = 262_144;
const keptMessages = 1_000;
const texts = z.record(z.string(), z.unknown());

/** The text for each protocol. Throws InvalidParameter. */
const messagesOf = ({ Message, MessageStructure }: z.infer<typeof input>): Record<string, string> => {
  if (MessageStructure === undefined) return { default: Message };
  let parsed: unknown;
  try {
    parsed = JSON.parse(Message);
  } catch (cause) {
    const error = invalidParameter('Message Structure - JSON message body failed to parse');
    error.cause = cause;
    throw error;
  }
  const named = texts.safeParse(parsed);
  const strings = Object.entries(named.data ?? {}).flatMap(([protocol, text]) =>
    typeof text === 'string' ? [[protocol, text] as const] : [],
  );
  const messages = Object.fromEntries(strings);
  if (messages['default'] === undefined)
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  return messages;
};

const check = ({ Message, Subject }: z.infer<typeof input>): void => {
  if (Buffer.byteLength(Message) > largestMessage) throw invalidParameter('Message too long');
  // Printable ASCII that begins with a letter, a digit or punctuation, under 100 characters.
  if (Subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(Subject)) throw invalidParameter('Subject');
};

const trim = ({ messages }: SnsState): void => {
  for (const id of messages.keys()) {
    if (messages.size <= keptMessages) return;
    messages.delete(id);
  }
};

/** Publishes to a topic: recorded when answered, delivered right after. */
export const publish = operation({
  input,
  needs: ({ TopicArn, TargetArn }) => [{ action: 'sns:Publish', resource: TopicArn ?? TargetArn ?? '*' }],
  async run(it, call: Call<SnsState>) {
    const { state, world } = call;
    const arn = it.TopicArn ?? it.TargetArn;
    if (arn === undefined) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
    const { TopicArn } = topicOf(call, arn);
    check(it);
    const MessageId = world.ids.uuid();
    const message: Message = {
      MessageId,
      TopicArn,
      Subject: it.Subject,
      Messages: messagesOf(it),
      MessageAttributes: it.MessageAttributes ?? {},
      Timestamp: new Date(world.clock.now()).toISOString(),
      Receipts: [...state.subscriptions.values()]
        .filter((subscription) => subscription.TopicArn === TopicArn)
        .map(({ SubscriptionArn, Protocol, Endpoint, Raw }) => ({
          SubscriptionArn,
          Protocol,
          Endpoint,
          Raw,
          Status: 'waiting',
        })),
    };
    state.messages.set(MessageId, message);
    trim(state);
    await world.store.flushed();
    state.delivery.deliver(MessageId);
    return { MessageId };
  },
});

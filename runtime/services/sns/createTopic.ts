import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { invalidParameter, tagsMember, topicAttributes, type SnsState } from './topic.ts';

// First-in-first-out topics are no known attribute.
const input = z.strictObject({
  Name: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/),
  Attributes: topicAttributes.optional(),
  Tags: tagsMember.max(50).optional(),
});

/** Makes a topic; the same again answers the same ARN. */
export const createTopic = operation({
  input,
  needs: ({ Name }, { world }) => [
    { action: 'sns:CreateTopic', resource: `arn:aws:sns:${world.region}:${world.accountId}:${Name}` },
  ],
  async run({ Name, Attributes = {}, Tags = [] }, { state, world }: Call<SnsState>) {
    const TopicArn = `arn:aws:sns:${world.region}:${world.accountId}:${Name}`;
    const wanted = Object.fromEntries(Object.entries(Attributes).filter(([, value]) => value !== undefined));
    const known = state.topics.get(TopicArn);
    if (known) {
      const other = Object.keys(wanted).find((name) => wanted[name] !== known.Attributes[name]);
      if (other) throw invalidParameter(`Attributes Reason: Topic already exists with different attributes (${other})`);
      return { TopicArn };
    }
    const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    state.topics.set(TopicArn, { TopicArn, Attributes: wanted, Tags: tags });
    await world.store.flushed();
    return { TopicArn };
  },
});

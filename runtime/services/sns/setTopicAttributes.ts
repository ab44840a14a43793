import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { invalidParameter, onTopic, topicAttributes, topicOf, type SnsState } from './topic.ts';

const input = z.strictObject({
  TopicArn: z.string(),
  AttributeName: z.string(),
  AttributeValue: z.string().default(''),
});

/** Sets one attribute of a topic. */
export const setTopicAttributes = operation({
  input,
  needs: onTopic('SetTopicAttributes'),
  async run({ TopicArn, AttributeName, AttributeValue }, call: Call<SnsState>) {
    const topic = topicOf(call, TopicArn);
    const change = { [AttributeName]: AttributeValue };
    if (!topicAttributes.safeParse(change).success)
      throw invalidParameter(
        `AttributeName Reason: this runtime knows ${Object.keys(topicAttributes.shape).join(', ')}, not ${AttributeName}`,
      );
    call.state.topics.set(TopicArn, { ...topic, Attributes: { ...topic.Attributes, ...change } });
    await call.world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { pageOf, type SnsState } from './topic.ts';

/** All topics, 100 on a page. */
export const listTopics = operation({
  input: z.strictObject({ NextToken: z.string().optional() }),
  needs: () => [{ action: 'sns:ListTopics', resource: '*' }],
  run({ NextToken }, { state }: Call<SnsState>) {
    const { page, next } = pageOf([...state.topics.keys()], NextToken);
    return { Topics: page.map((TopicArn) => ({ TopicArn })), ...next };
  },
});

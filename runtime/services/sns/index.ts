/** Simple Notification Service: topics that call functions, and a record of the last messages for whoever has no mailbox here. */
import type { Service, ServiceFactory } from '../../operation.ts';
import { createTopic } from './createTopic.ts';
import { deleteTopic } from './deleteTopic.ts';
import { getTopicAttributes } from './getTopicAttributes.ts';
import { listSubscriptions } from './listSubscriptions.ts';
import { listSubscriptionsByTopic } from './listSubscriptionsByTopic.ts';
import { listTagsForResource } from './listTagsForResource.ts';
import { listTopics } from './listTopics.ts';
import { publish } from './publish.ts';
import { setTopicAttributes } from './setTopicAttributes.ts';
import { subscribe } from './subscribe.ts';
import { tagResource } from './tagResource.ts';
import { unsubscribe } from './unsubscribe.ts';
import { untagResource } from './untagResource.ts';
import { openDelivery } from './delivery.ts';
import type { Message, SnsState, Subscription, Topic } from './topic.ts';

const operations = {
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  GetTopicAttributes: getTopicAttributes,
  ListSubscriptions: listSubscriptions,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
  ListTagsForResource: listTagsForResource,
  ListTopics: listTopics,
  Publish: publish,
  SetTopicAttributes: setTopicAttributes,
  Subscribe: subscribe,
  TagResource: tagResource,
  Unsubscribe: unsubscribe,
  UntagResource: untagResource,
};

/** The SNS of a runtime. */
export const sns: ServiceFactory = (world): Service<SnsState> => {
  const messages = world.store.table<Message>('sns.messages');
  const delivery = openDelivery(world, messages);
  return {
    name: 'sns',
    protocol: 'awsQuery',
    operations,
    state: {
      topics: world.store.table<Topic>('sns.topics'),
      subscriptions: world.store.table<Subscription>('sns.subscriptions'),
      messages,
      delivery,
    },
    start: () => delivery.resume(),
    stop: () => delivery.stop(),
  };
};

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import { changeBucket } from './bucketSetting.ts';
import type { S3State } from './state.ts';

const input = z.strictObject({
  ...bucketMembers,
  // Queues, topics and functions are not known members: their events go through EventBridge rules here.
  NotificationConfiguration: z.strictObject({ EventBridgeConfiguration: z.strictObject({}).optional() }),
});

/** Turns the bucket's events for EventBridge on or off. */
export const putBucketNotificationConfiguration = operation({
  input,
  needs: onBucket('PutBucketNotification'),
  async run(it, call: Call<S3State>) {
    const EventBridge = it.NotificationConfiguration.EventBridgeConfiguration !== undefined;
    await changeBucket(call, bucketOf(call, it), { EventBridge });
    return headerAnswer(call, {});
  },
});

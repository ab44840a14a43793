import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import type { S3State } from './state.ts';

/** Whether the bucket's events go to EventBridge. */
export const getBucketNotificationConfiguration = operation({
  input: z.strictObject(bucketMembers),
  needs: onBucket('GetBucketNotification'),
  run(it, call: Call<S3State>) {
    const { EventBridge } = bucketOf(call, it);
    return xmlAnswer(call, EventBridge ? { EventBridgeConfiguration: {} } : {}, 'NotificationConfiguration');
  },
});

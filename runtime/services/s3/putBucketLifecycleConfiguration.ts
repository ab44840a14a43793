import * as z from 'zod';
import { bucketMembers } from './bucket.ts';
import { putSetting } from './bucketSetting.ts';
import { lifecycleGrammar } from './lifecycle.ts';

/** Replaces the rules by which objects expire; lifecycle.ts carries them out. */
export const putBucketLifecycleConfiguration = putSetting({
  action: 'PutLifecycleConfiguration',
  field: 'Lifecycle',
  input: z.strictObject({ ...bucketMembers, LifecycleConfiguration: lifecycleGrammar }),
  value: (it) => it.LifecycleConfiguration,
});

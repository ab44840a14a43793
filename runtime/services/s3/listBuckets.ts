import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import type { S3State } from './state.ts';

/** All buckets, by name. */
export const listBuckets = operation({
  input: z.strictObject({}),
  needs: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
  run(_it, call: Call<S3State>) {
    const Buckets = [...call.state.buckets.values()]
      .map(({ Name, CreationDate }) => ({ Name, CreationDate }))
      .sort((a, b) => (a.Name < b.Name ? -1 : 1));
    const Owner = { ID: call.world.accountId };
    return xmlAnswer(call, { Owner, Buckets }, 'ListAllMyBucketsResult', { Owner, Buckets: { Bucket: Buckets } });
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { onObject } from './bucket.ts';
import { readMembers, readObject } from './getObject.ts';
import type { S3State } from './state.ts';

/** What GetObject would say, without the bytes. */
export const headObject = operation({
  input: z.strictObject(readMembers),
  needs: onObject('GetObject', 'GetObjectVersion'),
  async run(it, call: Call<S3State>) {
    const { members, status } = await readObject(call, it);
    return headerAnswer(call, members, status);
  },
});

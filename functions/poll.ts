/**
 * The wait for a job: stores the task token under the job, then looks once. The order matters: a job that ends between
 * the two is seen by the look, one that ends later by its event (jobChanged); when both fail, the wait times out and the
 * machine comes here again.
 */
import * as z from 'zod';
import { runId } from '../spec/run.ts';
import { define } from './lib/define.ts';
import { jobKind, settle } from './lib/jobs.ts';
import { putToken, type WaitingToken } from './lib/ledger/tokens.ts';

export const handler = define({
  input: z.strictObject({
    taskToken: z.string().min(1).max(2048),
    runId,
    kind: jobKind,
    name: z.string().min(1).max(63),
    expected: z.string().max(63).optional(),
  }),
  async run({ taskToken, runId, kind, name, expected }) {
    const waiting: WaitingToken = { token: taskToken, runId, ...(expected && { expected }) };
    await putToken(kind, name, waiting);
    return { ended: await settle(kind, name, waiting) };
  },
});

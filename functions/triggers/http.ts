/** POST /pipelines/{name}/runs: runs a pipeline on a file that is in the bucket already. */
import * as z from 'zod';
import { startedSchema } from '../../spec/run.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { idempotencyHeader, idempotencyKey, idempotencyKeyOf } from '../lib/idempotencyKey.ts';
import { pinned } from '../lib/pinned.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { start } from '../lib/start.ts';

const runBody = z.strictObject({
  /** Key of the file in the bucket of this service. */
  key: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^drop\//, 'a key below drop/'),
  versionId: z.string().min(1).max(1024).optional(),
  /** Or in the header idempotency-key. */
  idempotencyKey: idempotencyKey.optional(),
});

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/runs',
    operationId: 'startRun',
    summary:
      'Runs a pipeline on a file that is in the bucket already; with the same idempotency key it is the same run',
    params: pipelineParams,
    headers: idempotencyHeader,
    body: { 'application/json': runBody },
    answers: { 200: startedSchema, 202: startedSchema },
  },
  async ({ params: { name }, headers, body }) => {
    const { key, versionId } = body;
    const own = idempotencyKeyOf(body, headers);
    const source = await pinned(key, versionId);
    const begun = await start({
      pipeline: name,
      source,
      trigger: 'http',
      ...own,
    });
    return { status: begun.started || begun.queued ? 202 : 200, body: begun };
  },
);

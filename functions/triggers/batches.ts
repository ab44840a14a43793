/** POST /pipelines/{name}/batches: scores a file that is in the bucket already with the deployed model. */
import * as z from 'zod';
import { startedSchema } from '../../spec/run.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { getChampion } from '../lib/ledger/champion.ts';
import { idempotencyHeader, idempotencyKey, idempotencyKeyOf } from '../lib/idempotencyKey.ts';
import { noChampion } from '../lib/noChampion.ts';
import { pinned } from '../lib/pinned.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { startScoring } from '../lib/startScoring.ts';

const batchBody = z.strictObject({
  /** Key of the file in the bucket of this service. */
  key: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^score\//, 'a key below score/'),
  versionId: z.string().min(1).max(1024).optional(),
  /** Or in the header idempotency-key. */
  idempotencyKey: idempotencyKey.optional(),
});

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/batches',
    operationId: 'startBatch',
    summary:
      'Scores a file that is in the bucket already with the deployed model; the same version with the same model is one run',
    params: pipelineParams,
    headers: idempotencyHeader,
    body: { 'application/json': batchBody },
    answers: { 200: startedSchema, 202: startedSchema },
  },
  async ({ params: { name }, headers, body }) => {
    const { key, versionId } = body;
    const own = idempotencyKeyOf(body, headers);
    if (!(await getChampion(name))) throw noChampion(name);
    const begun = await startScoring({
      pipeline: name,
      source: await pinned(key, versionId),
      trigger: 'http',
      ...own,
    });
    return { status: begun.started ? 202 : 200, body: begun };
  },
);

/** POST /pipelines/{name}/deployments: promotes a registered model, or goes back to one. */
import * as z from 'zod';
import { runId } from '../../spec/run.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { deployVersion } from '../lib/deployVersion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';

const version = z.int().min(1);
/** A rollback without a version goes to the newest one below the present that has served before. */
const deploymentBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('promote'), version }),
  z.strictObject({ action: z.literal('rollback'), version: version.optional() }),
]);
const deployment = z.strictObject({ runId, version, started: z.boolean() });

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/deployments',
    summary: 'Deploys a registered model without training, in a run; with the same idempotency key it is the same run',
    params: pipelineParams,
    headers: z.object({ 'idempotency-key': z.string().min(1).max(256).optional() }),
    body: { 'application/json': deploymentBody },
    answers: { 200: deployment, 202: deployment },
    problems: [404, 409, 410],
  },
  async ({ params: { name }, headers, body, event }) => {
    const idempotencyKey = headers['idempotency-key'] ?? event.requestContext.requestId;
    const { outcome: _, ...begun } = await deployVersion(name, { ...body, idempotencyKey });
    return { status: begun.started ? 202 : 200, body: begun };
  },
);

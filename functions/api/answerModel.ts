/** POST /pipelines/{name}/models/{version}/approval: whether a registered version may be deployed. */
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { approvalAnswer } from '../../spec/approval.ts';
import { modelVersion } from '../../spec/modelVersion.ts';
import { callerOf } from '../lib/callerOf.ts';
import { sagemaker } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { numbered } from '../lib/deployVersion.ts';
import { getChampion } from '../lib/ledger/champion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';

const decided = { approve: 'Approved', reject: 'Rejected' } as const;

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/models/{version}/approval',
    summary: 'Rules a registered model out, or admits it again; who answers is the caller that signed the request',
    params: pipelineParams.extend({ version: z.coerce.number().int().min(1) }),
    body: { 'application/json': approvalAnswer },
    answers: { 200: modelVersion.pick({ version: true, status: true, decision: true }) },
    problems: [404, 409],
  },
  async ({ params: { name, version }, body: { decision, reason }, event }) => {
    const by = callerOf(event);
    const { status, modelPackageArn, runId } = await numbered(name, version);
    // The run's own wait decides.
    if (status === 'PendingManualApproval')
      throw new Conflict(`The run of version ${version} waits for an answer: sluice ${decision} ${runId}.`);
    if (decision === 'reject' && (await getChampion(name))?.modelPackageArn === modelPackageArn)
      throw new Conflict(`Version ${version} is the deployed model: sluice rollback ${name} first.`);
    const told = `${decided[decision]} by ${by} at ${new Date().toISOString()}${reason ? `: ${reason}` : ''}`;
    await sagemaker().send(
      new UpdateModelPackageCommand({
        ModelPackageArn: modelPackageArn,
        ModelApprovalStatus: decided[decision],
        ApprovalDescription: told.slice(0, 1024),
      }),
    );
    return { body: { version, status: decided[decision], decision: told } };
  },
);

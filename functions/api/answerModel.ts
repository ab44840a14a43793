/**
 * POST /pipelines/{name}/models/{version}/approval: whether a registered version may be deployed. One that serves beside the
 * deployed model gets no request from then on, and a run takes it away.
 */
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { approvalAnswer } from '../../spec/approval.ts';
import { modelVersion } from '../../spec/modelVersion.ts';
import { runId, type Champion } from '../../spec/run.ts';
import { callerOf } from '../lib/callerOf.ts';
import { sagemaker } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { deployVersion, numbered } from '../lib/deployVersion.ts';
import { getChampion, setWeight } from '../lib/ledger/champion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { describeVersion } from '../lib/registry.ts';

const decided = { approve: 'Approved', reject: 'Rejected' } as const;

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/models/{version}/approval',
    summary: 'Rules a registered model out, or admits it again; who answers is the caller that signed the request',
    params: pipelineParams.extend({ version: z.coerce.number().int().min(1) }),
    body: { 'application/json': approvalAnswer },
    answers: {
      200: modelVersion
        .pick({ version: true, status: true, decision: true })
        // Which takes a challenger away that served.
        .extend({ runId: runId.optional() }),
    },
    problems: [404, 409],
  },
  async ({ params: { name, version }, body: { decision, reason }, event }) => {
    const by = callerOf(event);
    const { status, modelPackageArn, runId: trainedBy } = await numbered(name, version);
    // The run's own wait decides.
    if (status === 'PendingManualApproval')
      throw new Conflict(`The run of version ${version} waits for an answer: sluice ${decision} ${trainedBy}.`);
    const champion = decision === 'reject' ? await getChampion(name) : undefined;
    const isBeside = champion?.beside?.modelPackageArn === modelPackageArn;
    if (champion?.modelPackageArn === modelPackageArn)
      throw new Conflict(`Version ${version} is the deployed model: sluice rollback ${name} first.`);
    if (champion && isBeside) await setWeight(name, champion, 0);
    const told = `${decided[decision]} by ${by} at ${new Date().toISOString()}${reason ? `: ${reason}` : ''}`;
    await sagemaker().send(
      new UpdateModelPackageCommand({
        ModelPackageArn: modelPackageArn,
        ModelApprovalStatus: decided[decision],
        ApprovalDescription: told.slice(0, 1024),
      }),
    );
    const away = champion && isBeside ? await takenAway(name, champion, event.requestContext) : undefined;
    return { body: { version, status: decided[decision], decision: told, ...away } };
  },
);

/**
 * The champion alone is deployed again. Whoever asks twice for the same challenger to go gets the same run, which somebody may have recorded
 * and died before starting it; a run that failed to take it away is followed by another one.
 */
const takenAway = async (
  pipeline: string,
  { modelPackageArn, endpointConfigName }: Champion,
  { requestId }: { requestId: string },
) => {
  const { version } = await describeVersion(modelPackageArn);
  const goBack = (idempotencyKey: string) => deployVersion(pipeline, { action: 'rollback', version, idempotencyKey });
  const first = await goBack(`without the challenger of ${endpointConfigName ?? requestId}`);
  const { runId } = ['RUNNING', 'DEPLOYED'].includes(first.outcome) ? first : await goBack(requestId);
  return { runId };
};

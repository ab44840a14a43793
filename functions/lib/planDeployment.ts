import { keys } from '../../spec/names.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import type { Champion, Plan, RegisteredModel, RunInput } from '../../spec/run.ts';
import { writeDocument } from './bucket.ts';
import { getChampion } from './ledger/champion.ts';
import { readPipeline } from './readPipeline.ts';
import { contender, readPlan } from './run.ts';

type Deployment = Pick<RunInput, 'runId' | 'pipeline' | 'source' | 'trigger'> & { deploys: RegisteredModel };

/**
 * Freezes the plan of a run that deploys a registered model. A promotion follows the pipeline's present file; a rollback goes
 * back to the settings with which its model was trained, whatever has become of the file since.
 */
export const planDeployment = async ({
  runId,
  pipeline: name,
  source,
  trigger,
  deploys,
}: Deployment): Promise<Plan> => {
  const { pipeline, versionId } = trigger === 'rollback' ? await asTrained(deploys) : await readPipeline(name);
  const champion = await getChampion(name);
  const plan: Plan = {
    runId,
    source,
    pipeline,
    candidates: [],
    deploys,
    ...(versionId && { pipelineVersionId: versionId }),
    ...(champion && { champion }),
  };
  await writeDocument(keys.plan(runId), plan);
  return plan;
};

/** What the machine is told of such a plan. */
export const planned = async (
  { runId, pipeline, champion }: Plan,
  { trigger, deploys }: Pick<Deployment, 'trigger' | 'deploys'>,
) => ({
  runId,
  pipeline: pipeline.name,
  candidates: [],
  // Where nothing is deployed by itself, whoever promotes a version wants it on an endpoint.
  target: pipeline.deploy.target === 'batch' ? 'batch' : 'endpoint',
  approvalSeconds: 0,
  costCeilingUsd: null,
  deploys: { winner: deploys.winner, modelPackageArn: deploys.modelPackageArn },
  summary: await summaryOf(trigger, deploys, champion),
});

const asTrained = async ({ runId }: RegisteredModel): Promise<{ pipeline: Pipeline; versionId?: string }> => {
  const { pipeline, pipelineVersionId } = await readPlan(runId);
  // Nobody who goes back wants to wait.
  const atOnce: Pipeline = { ...pipeline, deploy: { ...pipeline.deploy, traffic: 'all-at-once' } };
  return { pipeline: atOnce, ...(pipelineVersionId && { versionId: pipelineVersionId }) };
};

const summaryOf = async (
  trigger: RunInput['trigger'],
  { version, runId, winner }: RegisteredModel,
  champion: Champion | undefined,
) => {
  const { algorithm } = contender(await readPlan(runId), winner);
  const model = `version ${version}, ${algorithm} of the run ${runId}`;
  if (champion?.runId === runId && champion.beside)
    return `Gave all requests to ${model}; the model of ${champion.beside.runId} serves no more beside it.`;
  return `${trigger === 'rollback' ? 'Rolled back to' : 'Promoted'} ${model}.`;
};

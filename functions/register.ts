/** Puts the model that passed the gate into the registry, with its metrics and the recipe that prepares its rows. */
import { CreateModelPackageCommand, CreateModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import { approvalSeconds } from '../spec/approval.ts';
import { keys } from '../spec/names.ts';
import { candidateResult, runId, type Plan } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { readDocument, readText, uriOf, write } from './lib/bucket.ts';
import { sagemaker } from './lib/clients.ts';
import { define } from './lib/define.ts';
import { updateRun } from './lib/ledger/runs.ts';
import { fingerprintOf } from './lib/fingerprint.ts';
import { listVersions } from './lib/registry.ts';
import { readPlan, readPrepared, tagsOf } from './lib/run.ts';
import { modelGroupOf } from './lib/stack.ts';

export const handler = define({
  input: z.strictObject({ runId, winner: z.int().min(0) }),
  async run({ runId, winner }) {
    const plan = await readPlan(runId);
    const recipe = await readText(keys.recipe(runId));
    if (!recipe) throw new Error(`${keys.recipe(runId)} is missing from the bucket although Prepare wrote it.`);
    await write(keys.modelRecipe(plan.pipeline.name, runId), recipe.text, 'application/json');
    await createGroup(plan);
    const modelPackageArn = (await registered(plan)) ?? (await createPackage(plan, winner));
    await updateRun(runId, { modelPackageArn });
    return { modelPackageArn };
  },
});

const createGroup = async ({ runId, pipeline }: Plan) => {
  try {
    await sagemaker().send(
      new CreateModelPackageGroupCommand({
        ModelPackageGroupName: modelGroupOf(pipeline.name),
        ModelPackageGroupDescription: `Models of the pipeline ${pipeline.name} that passed its gate`,
        Tags: tagsOf(runId, pipeline.name).slice(1),
      }),
    );
  } catch (error) {
    if (!isAws(error, ['ValidationException', 'ConflictException', 'ResourceInUse'], /already exists/i)) throw error;
  }
};

/** A version carries no name of ours, so an earlier attempt's is found by the run in its description. */
const descriptionOf = (runId: string) => `run ${runId}`;

const registered = async ({ runId, pipeline }: Plan): Promise<string | undefined> => {
  const { summaries } = await listVersions(pipeline.name);
  return summaries.find((it) => it.ModelPackageDescription === descriptionOf(runId))?.ModelPackageArn;
};

const createPackage = async (plan: Plan, winner: number): Promise<string> => {
  const { runId, pipeline } = plan;
  const candidate = plan.candidates[winner];
  const inference = algorithms[candidate?.algorithm ?? '']?.inference;
  const { threshold, metrics, trainingJob } = await readDocument(keys.metrics(runId, winner), candidateResult);
  const { objective } = await readPrepared(runId);
  const { ModelPackageArn = '' } = await sagemaker().send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: modelGroupOf(pipeline.name),
      ModelPackageDescription: descriptionOf(runId),
      ClientToken: runId.slice(-36),
      ModelApprovalStatus: approvalSeconds(pipeline.approval) > 0 ? 'PendingManualApproval' : 'Approved',
      InferenceSpecification: {
        Containers: [
          {
            Image: candidate?.imageUri ?? '',
            ModelDataUrl: uriOf(keys.model(runId, winner, trainingJob)),
          },
        ],
        SupportedContentTypes: [inference?.contentType ?? 'text/csv'],
        SupportedResponseMIMETypes: [inference?.accept ?? 'text/csv'],
      },
      ModelMetrics: {
        ModelQuality: {
          Statistics: { ContentType: 'application/json', S3Uri: uriOf(keys.modelQuality(runId, winner)) },
        },
      },
      CustomerMetadataProperties: {
        run: runId,
        pipeline: pipeline.name,
        recipe: keys.modelRecipe(pipeline.name, runId),
        algorithm: candidate?.algorithm ?? '',
        objective,
        ...(metrics[objective] !== undefined && { score: String(metrics[objective]) }),
        data: await fingerprintOf(plan),
        ...(threshold !== undefined && { threshold: String(threshold) }),
      },
    }),
  );
  return ModelPackageArn;
};

/**
 * Starts a job under a name that can be computed again: a repeated call finds the job it made and starts no other.
 * `train` trains a candidate, `score` predicts the held-out rows, `batch` predicts the whole drop.
 */
import { CreateModelCommand, CreateTrainingJobCommand, CreateTransformJobCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { algorithms } from '../algorithms/index.ts';
import { InputError } from '../spec/errors.ts';
import {
  batchJobName,
  keys,
  modelName,
  partsOf,
  trainingJobName,
  transformJobName,
  type CandidateId,
} from '../spec/names.ts';
import { candidateId, runId, type Plan, type PlannedCandidate, type Prepared } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { uriOf } from './lib/bucket.ts';
import { sagemaker } from './lib/clients.ts';
import { completed } from './lib/completed.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { isOver } from './lib/ledger/runs.ts';
import { contender, readPlan, readPrepared, tagsOf } from './lib/run.ts';
import { stopJob, type JobKind } from './lib/stopJob.ts';

export const handler = define({
  input: z.strictObject({ runId, candidate: candidateId, action: z.enum(['train', 'score', 'batch']) }),
  async run({ runId, candidate, action }) {
    const plan = await readPlan(runId);
    const submitted = await submissions[action](plan, candidate);
    // Looked at behind the submission: runEnded marks the run first and stops jobs then, so that one of the two sees the other.
    if (!(await isOver(runId))) return submitted;
    await stopJob(submitted.kind, submitted.name);
    throw new InputError({ what: 'The run has ended: its job was stopped', where: submitted.name });
  },
});

interface Submitted {
  kind: JobKind;
  name: string;
}

const submissions: Record<'train' | 'score' | 'batch', (plan: Plan, candidate: CandidateId) => Promise<Submitted>> = {
  async train(plan, candidate) {
    const { candidate: number } = partsOf(candidate);
    const planned = number === 'champion' ? undefined : plan.candidates[number];
    if (!planned) throw new RangeError(`The plan of ${plan.runId} has no candidate ${candidate} to train.`);
    return train(plan, candidate, planned, await readPrepared(plan.runId));
  },
  async score(plan, candidate) {
    if (candidate !== 'champion') await createModel(plan, candidate);
    const { fold } = partsOf(candidate);
    const features = candidate === 'champion' ? keys.championFeatures(plan.runId) : keys.scoring(plan.runId, fold);
    return transform(
      plan,
      candidate,
      transformJobName(plan.runId, candidate),
      features,
      keys.candidate(plan.runId, candidate).slice(0, -1),
    );
  },
  batch: (plan, candidate) =>
    transform(
      plan,
      candidate,
      batchJobName(plan.runId),
      keys.batchFeatures(plan.runId),
      `${keys.run(plan.runId)}batch/out`,
    ),
};

/** Runs `create`; a resource of this name that is there already was made by an earlier attempt at the same step. */
const unlessMade = async (create: () => Promise<unknown>) => {
  try {
    await create();
  } catch (error) {
    const made =
      isAws(error, ['ResourceInUse']) || isAws(error, ['ValidationException'], /already exist|must be unique/i);
    if (!made) throw error;
  }
};

const train = async (
  plan: Plan,
  candidate: CandidateId,
  planned: PlannedCandidate,
  prepared: Prepared,
): Promise<Submitted> => {
  const { runId, pipeline } = plan;
  const name = trainingJobName(runId, candidate);
  const { fold } = partsOf(candidate);
  const { manifest, hyperparameters } = completed(plan, planned, prepared, fold);
  const keyOf = prepared.classWeights && manifest.weightColumn ? keys.weightedChannel : keys.channel;
  const channel = (channelName: 'train' | 'validation') => ({
    ChannelName: channelName,
    ContentType: 'text/csv',
    InputMode: 'File' as const,
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix' as const,
        S3Uri: uriOf(keyOf(runId, channelName, fold)),
        S3DataDistributionType: 'FullyReplicated' as const,
      },
    },
  });
  await unlessMade(() =>
    sagemaker().send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        AlgorithmSpecification: { TrainingImage: planned.imageUri, TrainingInputMode: 'File' },
        RoleArn: environment('SAGEMAKER_ROLE_ARN'),
        HyperParameters: hyperparameters,
        InputDataConfig: [channel('train'), channel('validation')],
        OutputDataConfig: { S3OutputPath: uriOf(keys.training(runId, candidate)) },
        ResourceConfig: {
          InstanceType: pipeline.train.instance.type as 'ml.m5.xlarge',
          InstanceCount: pipeline.train.instance.count,
          VolumeSizeInGB: 30,
        },
        StoppingCondition: { MaxRuntimeInSeconds: pipeline.train.maxRuntime },
        Tags: tagsOf(runId, pipeline.name),
      }),
    ),
  );
  return { kind: 'training', name };
};

const createModel = (plan: Plan, candidate: Exclude<CandidateId, 'champion'>) => {
  const { runId, pipeline } = plan;
  const { candidate: number } = partsOf(candidate);
  return unlessMade(() =>
    sagemaker().send(
      new CreateModelCommand({
        ModelName: modelName(runId, candidate),
        ExecutionRoleArn: environment('SAGEMAKER_ROLE_ARN'),
        PrimaryContainer: {
          Image: number === 'champion' ? undefined : plan.candidates[number]?.imageUri,
          ModelDataUrl: uriOf(keys.model(runId, candidate)),
        },
        Tags: tagsOf(runId, pipeline.name),
      }),
    ),
  );
};

const transform = async (
  plan: Plan,
  candidate: CandidateId,
  name: string,
  input: string,
  output: string,
): Promise<Submitted> => {
  const { algorithm, modelName } = contender(plan, candidate);
  const inference = algorithms[algorithm]?.inference;
  await unlessMade(() =>
    sagemaker().send(
      new CreateTransformJobCommand({
        TransformJobName: name,
        ModelName: modelName,
        BatchStrategy: 'MultiRecord',
        MaxPayloadInMB: 6,
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uriOf(input) } },
          ContentType: inference?.contentType,
          SplitType: 'Line',
        },
        TransformOutput: { S3OutputPath: uriOf(output), Accept: inference?.accept, AssembleWith: 'Line' },
        TransformResources: {
          InstanceType: plan.pipeline.train.instance.type as 'ml.m5.xlarge',
          InstanceCount: 1,
        },
        Tags: tagsOf(plan.runId, plan.pipeline.name),
      }),
    ),
  );
  return { kind: 'transform', name };
};

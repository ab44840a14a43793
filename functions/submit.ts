/**
 * Starts a job under a name that can be computed again: a repeated call finds the job it made and starts no other, and a run that
 * was redriven takes what it has completed before. `train` trains a candidate, `score` predicts the held-out rows, `batch` predicts
 * the whole drop.
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
import { candidateId, jobName, redrives, runId, type Plan, type PlannedCandidate, type Prepared } from '../spec/run.ts';
import { isAws } from './lib/awsErrors.ts';
import { uriOf } from './lib/bucket.ts';
import { sagemaker } from './lib/clients.ts';
import { completed } from './lib/completed.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { completedBefore } from './lib/completedBefore.ts';
import { isOver } from './lib/ledger/runs.ts';
import { contender, readPlan, readPrepared, tagsOf } from './lib/run.ts';
import { stopJob, type JobKind } from './lib/stopJob.ts';

export const handler = define({
  input: z.strictObject({
    runId,
    candidate: candidateId,
    action: z.enum(['train', 'score', 'batch']),
    redrives,
    /** The training job of the model that is to be scored. */
    trainingJob: jobName.optional(),
  }),
  async run({ runId, candidate, action, redrives, trainingJob }) {
    if (await isOver(runId, redrives)) throw over(runId, 'no job is started for it');
    const plan = await readPlan(runId);
    const { kind, nameOf, submit } = submissions[action](plan, candidate, trainingJob);
    const known = await completedBefore(kind, nameOf, redrives);
    if (known !== undefined) return { kind, name: known };
    const name = nameOf(redrives);
    await submit(name);
    // Looked at behind the submission: runEnded marks the run first and stops jobs then, so that one of the two sees the other.
    if (!(await isOver(runId, redrives))) return { kind, name };
    await stopJob(kind, name);
    throw over(name, 'its job was stopped');
  },
});

const over = (where: string, what: string) => new InputError({ what: `The run has ended: ${what}`, where });

interface Submission {
  kind: JobKind;
  /** The job's name in a redrive. */
  nameOf: (redrives: number) => string;
  submit: (name: string) => Promise<void>;
}

type Submissions = (plan: Plan, candidate: CandidateId, trainingJob: string | undefined) => Submission;

const submissions: Record<'train' | 'score' | 'batch', Submissions> = {
  train: (plan, candidate) => ({
    kind: 'training',
    nameOf: (redrives) => trainingJobName(plan.runId, candidate, redrives),
    async submit(name) {
      const { candidate: number } = partsOf(candidate);
      const planned = number === 'champion' ? undefined : plan.candidates[number];
      if (!planned) throw new RangeError(`The plan of ${plan.runId} has no candidate ${candidate} to train.`);
      await train(plan, candidate, planned, await readPrepared(plan.runId), name);
    },
  }),
  score: (plan, candidate, trainingJob) => ({
    kind: 'transform',
    nameOf: (redrives) => transformJobName(plan.runId, candidate, redrives),
    async submit(name) {
      if (candidate !== 'champion') await createModel(plan, candidate, trainingJob);
      const { fold } = partsOf(candidate);
      const features = candidate === 'champion' ? keys.championFeatures(plan.runId) : keys.scoring(plan.runId, fold);
      await transform(plan, candidate, name, features, keys.candidate(plan.runId, candidate).slice(0, -1));
    },
  }),
  batch: (plan, candidate) => ({
    kind: 'transform',
    nameOf: (redrives) => batchJobName(plan.runId, redrives),
    submit: (name) =>
      transform(plan, candidate, name, keys.batchFeatures(plan.runId), `${keys.run(plan.runId)}batch/out`),
  }),
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
  name: string,
) => {
  const { runId, pipeline } = plan;
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
};

const createModel = (plan: Plan, candidate: Exclude<CandidateId, 'champion'>, trainingJob: string | undefined) => {
  const { runId, pipeline } = plan;
  const { candidate: number } = partsOf(candidate);
  return unlessMade(() =>
    sagemaker().send(
      new CreateModelCommand({
        ModelName: modelName(runId, candidate),
        ExecutionRoleArn: environment('SAGEMAKER_ROLE_ARN'),
        PrimaryContainer: {
          Image: number === 'champion' ? undefined : plan.candidates[number]?.imageUri,
          ModelDataUrl: uriOf(keys.model(runId, candidate, trainingJob)),
        },
        Tags: tagsOf(runId, pipeline.name),
      }),
    ),
  );
};

const transform = async (plan: Plan, candidate: CandidateId, name: string, input: string, output: string) => {
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
};

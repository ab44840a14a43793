import * as z from 'zod';
import { operation, type Call, type World } from '../../operation.ts';
import { arnOf, asRole, creationNeeds } from './arns.ts';
import { checkRole } from './executionRole.ts';
import { inUse, notImplemented, told, validationError } from './failures.ts';
import { contentType, environment, jobName, kmsKeyId, mapOf, roleArn, s3Uri, tags, vpcConfig } from './grammar.ts';
import { inputObjects } from './inputObjects.ts';
import { trainingInstanceType } from './instanceTypes.ts';
import { regexProblem } from './metrics.ts';
import { parseS3Uri } from './s3Objects.ts';
import type { SageMaker } from './sagemakerState.ts';
import { putTags } from './tags.ts';
import { advance, type TrainingRequest } from './trainingJob.ts';

const inputMode = z.enum(['Pipe', 'File', 'FastFile']);

const channel = z.strictObject({
  // SageMaker's pattern, less the names that are no folder of their own.
  ChannelName: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9.\-_]+$/)
    .refine((name) => !/^\.+$/.test(name), { error: 'Member must name a folder' }),
  DataSource: z.strictObject({
    S3DataSource: z.strictObject({
      S3DataType: z.enum(['ManifestFile', 'S3Prefix', 'AugmentedManifestFile', 'Converse']),
      S3Uri: s3Uri,
      S3DataDistributionType: z.enum(['FullyReplicated', 'ShardedByS3Key']).optional(),
    }),
  }),
  ContentType: contentType.optional(),
  CompressionType: z.enum(['None', 'Gzip']).optional(),
  RecordWrapperType: z.enum(['None', 'RecordIO']).optional(),
  InputMode: inputMode.optional(),
});

/** VpcConfig, encryption and network flags have no counterpart on one machine; they change nothing a job can see. */
export const createTrainingJobInput = z.strictObject({
  TrainingJobName: jobName,
  HyperParameters: mapOf(100, z.string().max(256), z.string().max(2500)).optional(),
  AlgorithmSpecification: z.strictObject({
    TrainingImage: z.string().max(255),
    TrainingInputMode: inputMode,
    MetricDefinitions: z
      .array(z.strictObject({ Name: z.string().min(1).max(255), Regex: z.string().min(1).max(500) }))
      .max(40)
      .optional(),
    EnableSageMakerMetricsTimeSeries: z.boolean().optional(),
  }),
  RoleArn: roleArn,
  InputDataConfig: z.array(channel).min(1).max(20).optional(),
  OutputDataConfig: z.strictObject({
    KmsKeyId: kmsKeyId.optional(),
    S3OutputPath: s3Uri,
    CompressionType: z.enum(['GZIP', 'NONE']).optional(),
  }),
  ResourceConfig: z.strictObject({
    InstanceType: trainingInstanceType,
    InstanceCount: z.int().min(0),
    VolumeSizeInGB: z.int().min(0),
    VolumeKmsKeyId: kmsKeyId.optional(),
  }),
  VpcConfig: vpcConfig.optional(),
  StoppingCondition: z.strictObject({ MaxRuntimeInSeconds: z.int().min(1).max(2_419_200).optional() }),
  Tags: tags.optional(),
  EnableNetworkIsolation: z.boolean().optional(),
  EnableInterContainerTrafficEncryption: z.boolean().optional(),
  EnableManagedSpotTraining: z.boolean().optional(),
  Environment: environment(100, 512, 512).optional(),
});

const refuseUnsupported = (input: TrainingRequest) => {
  const at = (member: string, value: unknown) => `CreateTrainingJob.${member}=${String(value)}`;
  const { InstanceCount } = input.ResourceConfig;
  if (InstanceCount !== 1)
    throw notImplemented(at('ResourceConfig.InstanceCount', InstanceCount), 'train on 1 instance');
  if (input.EnableManagedSpotTraining)
    throw notImplemented(at('EnableManagedSpotTraining', true), 'leave it out: a local job costs nothing');
  if (input.OutputDataConfig.CompressionType === 'NONE')
    throw notImplemented(at('OutputDataConfig.CompressionType', 'NONE'), 'use GZIP, the default');
  const mode = input.AlgorithmSpecification.TrainingInputMode;
  const channels = input.InputDataConfig ?? [];
  for (const [i, it] of channels.entries()) {
    const named = (member: string, value: unknown) => at(`InputDataConfig.${i + 1}.${member}`, value);
    const { S3DataType } = it.DataSource.S3DataSource;
    if (it.InputMode === 'Pipe') throw notImplemented(named('InputMode', 'Pipe'), 'use File or FastFile');
    if (it.CompressionType === 'Gzip')
      throw notImplemented(named('CompressionType', 'Gzip'), 'it is for Pipe mode; give uncompressed objects');
    if (it.RecordWrapperType === 'RecordIO')
      throw notImplemented(named('RecordWrapperType', 'RecordIO'), 'give plain objects');
    if (S3DataType !== 'S3Prefix' && S3DataType !== 'ManifestFile')
      throw notImplemented(named('DataSource.S3DataSource.S3DataType', S3DataType), 'use S3Prefix or ManifestFile');
  }
  if (mode === 'Pipe')
    throw notImplemented(at('AlgorithmSpecification.TrainingInputMode', mode), 'use File or FastFile');
  parseS3Uri(input.OutputDataConfig.S3OutputPath, 'OutputDataConfig.S3OutputPath');
};

const checkMetrics = (input: TrainingRequest, builtIn: boolean) => {
  const definitions = input.AlgorithmSpecification.MetricDefinitions;
  if (definitions?.length && builtIn)
    throw validationError(
      "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.",
    );
  for (const { Name, Regex } of definitions ?? []) {
    const problem = regexProblem(Regex);
    if (problem) throw validationError(`The regex of metric definition '${Name}' is invalid: ${problem}`);
  }
};

/** SageMaker looks into every channel, as the job's role, before it accepts a job. */
const checkInputs = async (world: World, { InputDataConfig = [], RoleArn }: TrainingRequest) => {
  const as = { world, principal: asRole(world, RoleArn) };
  for (const { DataSource } of InputDataConfig) {
    const source = DataSource.S3DataSource;
    if (source.S3DataType !== 'S3Prefix') continue;
    const { bucket } = parseS3Uri(source.S3Uri, 'S3Uri');
    const objects = inputObjects(as, { ...source, S3DataType: 'S3Prefix' });
    let why = '';
    const first = await objects.next().catch((error: unknown) => {
      why = ` Error message from S3: ${told(error)}`;
      return { done: true };
    });
    if (!first.done) continue;
    throw validationError(
      `No S3 objects found under S3 URL "${source.S3Uri}" given in input data source. Please ensure that the bucket exists in the selected region (${world.region}), that objects exist under that S3 prefix, and that the role "${RoleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".${why}`,
    );
  }
};

export const createTrainingJob = operation({
  input: createTrainingJobInput,
  needs: ({ TrainingJobName, Tags, RoleArn }, { world }: Call<SageMaker>) =>
    creationNeeds('CreateTrainingJob', arnOf(world, 'training-job', TrainingJobName), { Tags, roleArn: RoleArn }),
  async run(input, { world, state: { tables, images, training } }) {
    const { Tags, ...request } = input;
    const name = input.TrainingJobName;
    const container = images.containers(input.AlgorithmSpecification.TrainingImage);
    refuseUnsupported(input);
    checkMetrics(input, container?.metricDefinitions !== undefined);
    const refuseTaken = () => {
      if (tables.trainingJobs.get(name))
        throw inUse(
          `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arnOf(world, 'training-job', name)})`,
        );
    };
    refuseTaken();
    await checkRole(world, input.RoleArn);
    await checkInputs(world, input);
    // Another request may have taken the name while S3 was asked.
    refuseTaken();
    const TrainingJobArn = arnOf(world, 'training-job', name);
    const now = world.clock.now();
    const { MaxRuntimeInSeconds = 86_400 } = request.StoppingCondition;
    const { AlgorithmSpecification } = request;
    putTags(tables.tags, TrainingJobArn, Tags);
    training.begin(
      advance(
        {
          ...request,
          AlgorithmSpecification: {
            ...AlgorithmSpecification,
            ...(container?.metricDefinitions && { MetricDefinitions: [...container.metricDefinitions] }),
          },
          StoppingCondition: { MaxRuntimeInSeconds },
          TrainingJobArn,
          TrainingJobStatus: 'InProgress',
          SecondaryStatus: 'Starting',
          SecondaryStatusTransitions: [],
          CreationTime: now / 1000,
          LastModifiedTime: now / 1000,
          logStream: `${name}/algo-1-${Math.floor(now / 1000)}`,
        },
        'Starting',
        now,
      ),
    );
    await world.store.flushed();
    return { TrainingJobArn };
  },
});

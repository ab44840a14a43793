import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { columnFilter } from './csvFilter.ts';
import { inUse, notImplemented, validationError } from './failures.ts';
import { contentType, environment, jobName, kmsKeyId, modelName, s3Uri, tags } from './grammar.ts';
import { transformInstanceType } from './instanceTypes.ts';
import { parseS3Uri } from './s3Objects.ts';
import type { SageMaker } from './sagemakerState.ts';
import { servableModel } from './servableModel.ts';
import { putTags } from './tags.ts';
import type { TransformRequest } from './transformJob.ts';

/** More than one instance would change nothing one can see: whole objects are spread over instances. */
export const createTransformJobInput = z.strictObject({
  TransformJobName: jobName,
  ModelName: modelName,
  MaxConcurrentTransforms: z.int().min(0).optional(),
  ModelClientConfig: z
    .strictObject({
      InvocationsTimeoutInSeconds: z.int().min(1).max(3600).optional(),
      InvocationsMaxRetries: z.int().min(0).max(3).optional(),
    })
    .optional(),
  MaxPayloadInMB: z.int().min(0).optional(),
  BatchStrategy: z.enum(['MultiRecord', 'SingleRecord']).optional(),
  Environment: environment(16, 1024, 10_240).optional(),
  TransformInput: z.strictObject({
    DataSource: z.strictObject({
      S3DataSource: z.strictObject({
        S3DataType: z.enum(['ManifestFile', 'S3Prefix', 'AugmentedManifestFile', 'Converse']),
        S3Uri: s3Uri,
      }),
    }),
    ContentType: contentType.optional(),
    CompressionType: z.enum(['None', 'Gzip']).optional(),
    SplitType: z.enum(['None', 'Line', 'RecordIO', 'TFRecord']).optional(),
  }),
  TransformOutput: z.strictObject({
    S3OutputPath: s3Uri,
    Accept: contentType.optional(),
    AssembleWith: z.enum(['None', 'Line']).optional(),
    KmsKeyId: kmsKeyId.optional(),
  }),
  TransformResources: z.strictObject({
    InstanceType: transformInstanceType,
    InstanceCount: z.int().min(1),
    VolumeKmsKeyId: kmsKeyId.optional(),
  }),
  DataProcessing: z
    .strictObject({
      InputFilter: z.string().max(63).optional(),
      OutputFilter: z.string().max(63).optional(),
      JoinSource: z.enum(['Input', 'None']).optional(),
    })
    .optional(),
  Tags: tags.optional(),
});

/** MaxConcurrentTransforms × MaxPayloadInMB may not exceed this (MB). */
const payloadBudget = 100;

const refuseProcessing = ({ DataProcessing, TransformInput, TransformOutput }: TransformRequest) => {
  const { InputFilter = '$', OutputFilter = '$', JoinSource = 'None' } = DataProcessing ?? {};
  if (InputFilter === '$' && OutputFilter === '$' && JoinSource === 'None') return;
  for (const [member, path] of Object.entries({ InputFilter, OutputFilter }))
    if (!columnFilter(path))
      throw notImplemented(
        `CreateTransformJob.DataProcessing.${member}='${path}'`,
        'pick columns: $[1:], $[0,2], $[-1]',
      );
  const isCsv = (type: string | undefined) => /^text\/csv\b/.test(type ?? '');
  if (!isCsv(TransformInput.ContentType) || !isCsv(TransformOutput.Accept))
    throw notImplemented('CreateTransformJob.DataProcessing of other content than text/csv', 'use text/csv for both');
  if (TransformInput.SplitType !== 'Line' || TransformOutput.AssembleWith !== 'Line')
    throw validationError('DataProcessing of text/csv needs SplitType and AssembleWith to be Line');
};

const refuseUnsupported = (input: TransformRequest) => {
  const { S3DataType } = input.TransformInput.DataSource.S3DataSource;
  const at = (member: string, value: unknown) => `CreateTransformJob.${member}=${String(value)}`;
  if (S3DataType !== 'S3Prefix' && S3DataType !== 'ManifestFile')
    throw notImplemented(at('TransformInput.S3DataType', S3DataType), 'use S3Prefix or ManifestFile');
  const { SplitType = 'None' } = input.TransformInput;
  if (SplitType !== 'None' && SplitType !== 'Line')
    throw notImplemented(at('TransformInput.SplitType', SplitType), 'use None or Line');
  if (input.MaxPayloadInMB === 0) throw notImplemented(at('MaxPayloadInMB', 0), 'give a size; 6 is the default');
  const product = (input.MaxConcurrentTransforms || 1) * (input.MaxPayloadInMB ?? 6);
  if (product > payloadBudget)
    throw validationError(
      `MaxConcurrentTransforms x MaxPayloadInMB must be at most ${payloadBudget} MB; got ${product} MB`,
    );
  parseS3Uri(input.TransformInput.DataSource.S3DataSource.S3Uri, 'TransformInput.S3Uri');
  parseS3Uri(input.TransformOutput.S3OutputPath, 'TransformOutput.S3OutputPath');
  refuseProcessing(input);
};

export const createTransformJob = operation({
  input: createTransformJobInput,
  needs: ({ TransformJobName, Tags }, { world }: Call<SageMaker>) =>
    creationNeeds('CreateTransformJob', arnOf(world, 'transform-job', TransformJobName), { Tags }),
  async run(input, { world, state: { tables, transform } }) {
    const { Tags, ...request } = input;
    refuseUnsupported(input);
    const TransformJobArn = arnOf(world, 'transform-job', input.TransformJobName);
    if (tables.transformJobs.get(input.TransformJobName))
      throw inUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${TransformJobArn})`,
      );
    const model = servableModel(tables, world, input.ModelName);
    putTags(tables.tags, TransformJobArn, Tags);
    transform.begin({
      ...request,
      TransformJobArn,
      TransformJobStatus: 'InProgress',
      CreationTime: world.clock.now() / 1000,
      model,
    });
    await world.store.flushed();
    return { TransformJobArn };
  },
});

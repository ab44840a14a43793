import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { validationError } from './failures.ts';
import { entityName, environment, mapOf, s3Uri, tagKey, tags } from './grammar.ts';
import { hostingInstanceType, transformInstanceType } from './instanceTypes.ts';
import { groupKey, groupNamed, modelPackageEvent, type ModelPackage } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';
import { putTags } from './tags.ts';

const contentTypes = z.array(z.string().max(256)).optional();

const inferenceSpecification = z.strictObject({
  Containers: z
    .array(
      z.strictObject({
        ContainerHostname: entityName.optional(),
        Image: z.string().max(255).regex(/^\S+$/),
        ImageDigest: z.string().max(72).optional(),
        ModelDataUrl: s3Uri.optional(),
        Environment: environment(100, 1024, 1024).optional(),
        Framework: z.string().optional(),
        FrameworkVersion: z.string().min(3).max(10).optional(),
        NearestModelName: z.string().optional(),
      }),
    )
    .min(1)
    .max(15),
  SupportedTransformInstanceTypes: z.array(transformInstanceType).min(1).optional(),
  SupportedRealtimeInferenceInstanceTypes: z.array(hostingInstanceType).optional(),
  SupportedContentTypes: contentTypes,
  SupportedResponseMIMETypes: z.array(z.string().max(1024)).optional(),
});

const metricsSource = z
  .strictObject({ ContentType: z.string().max(256), ContentDigest: z.string().max(72).optional(), S3Uri: s3Uri })
  .optional();
const quality = z.strictObject({ Statistics: metricsSource, Constraints: metricsSource }).optional();

const modelMetrics = z.strictObject({
  ModelQuality: quality,
  ModelDataQuality: quality,
  Bias: z
    .strictObject({ Report: metricsSource, PreTrainingReport: metricsSource, PostTrainingReport: metricsSource })
    .optional(),
  Explainability: z.strictObject({ Report: metricsSource }).optional(),
});

const metadataText = z.string().max(1024).optional();

export const approvalStatus = z.enum(['Approved', 'Rejected', 'PendingManualApproval']);
export const customerMetadata = mapOf(50, tagKey, z.string().min(1).max(256));
export const modelLifeCycle = z.strictObject({
  Stage: entityName.min(1),
  StageStatus: entityName.min(1),
  StageDescription: z.string().max(1024).optional(),
});

/** Members that describe a model are kept and shown; nothing here runs anything. */
export const createModelPackageInput = z.strictObject({
  ModelPackageName: entityName.min(1).optional(),
  ModelPackageGroupName: z.string().min(1).max(170).optional(),
  ModelPackageDescription: z.string().max(1024).optional(),
  InferenceSpecification: inferenceSpecification.optional(),
  CertifyForMarketplace: z.boolean().optional(),
  Tags: tags.optional(),
  ModelApprovalStatus: approvalStatus.optional(),
  MetadataProperties: z
    .strictObject({
      CommitId: metadataText,
      Repository: metadataText,
      GeneratedBy: metadataText,
      ProjectId: metadataText,
    })
    .optional(),
  ModelMetrics: modelMetrics.optional(),
  ClientToken: z.string().min(1).max(36).optional(),
  Domain: z.string().optional(),
  Task: z.string().optional(),
  SamplePayloadUrl: s3Uri.optional(),
  CustomerMetadataProperties: customerMetadata.optional(),
  SkipModelValidation: z.enum(['All', 'None']).optional(),
  SourceUri: z.string().max(1024).optional(),
  ModelLifeCycle: modelLifeCycle.optional(),
});

/** The resource is not yet numbered: permissions speak of `<group>/*`. */
const asked = (input: z.infer<typeof createModelPackageInput>): string =>
  input.ModelPackageGroupName === undefined
    ? (input.ModelPackageName ?? '*')
    : `${groupKey(input.ModelPackageGroupName)}/*`;

export const createModelPackage = operation({
  input: createModelPackageInput,
  needs: (input, { world }: Call<SageMaker>) =>
    creationNeeds('CreateModelPackage', arnOf(world, 'model-package', asked(input)), input),
  async run({ Tags, ClientToken, ...request }, { world, state: { tables } }) {
    const { ModelPackageName, ModelPackageGroupName } = request;
    const before = tables.modelPackages.values().find((it) => ClientToken && it.clientToken === ClientToken);
    if (before) return { ModelPackageArn: before.ModelPackageArn };
    if ((ModelPackageName === undefined) === (ModelPackageGroupName === undefined))
      throw validationError('Exactly one of ModelPackageName and ModelPackageGroupName must be given');
    const CreationTime = world.clock.now() / 1000;
    const made = {
      ...request,
      ModelPackageStatus: 'Completed',
      CreationTime,
      ...(ClientToken !== undefined && { clientToken: ClientToken }),
    } as const;
    let key = ModelPackageName ?? '';
    let record: ModelPackage;
    if (ModelPackageGroupName === undefined) {
      record = { ...made, ModelPackageArn: arnOf(world, 'model-package', key) };
      if (tables.modelPackages.get(key))
        throw validationError(`Model Package already exists: ${record.ModelPackageArn}`);
    } else {
      if (Tags?.length) throw validationError('Tags are not allowed for versioned model packages; tag the group');
      const group = groupNamed(tables, ModelPackageGroupName);
      const name = group.ModelPackageGroupName;
      const ModelPackageVersion = group.lastVersion + 1;
      tables.modelPackageGroups.save(name, { ...group, lastVersion: ModelPackageVersion });
      key = `${name}/${ModelPackageVersion}`;
      record = {
        ModelApprovalStatus: 'PendingManualApproval',
        ...made,
        ModelPackageGroupName: name,
        ModelPackageVersion,
        ModelPackageArn: arnOf(world, 'model-package', key),
      };
    }
    tables.modelPackages.save(key, record, modelPackageEvent(record, []));
    putTags(tables.tags, record.ModelPackageArn, Tags);
    await world.store.flushed();
    return { ModelPackageArn: record.ModelPackageArn };
  },
});

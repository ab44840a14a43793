import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { approvalStatus, customerMetadata, modelLifeCycle } from './createModelPackage.ts';
import { tagKey, whole } from './grammar.ts';
import { modelPackageEvent, packageKey, packageNamed } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

export const updateModelPackage = operation({
  input: z.strictObject({
    ModelPackageArn: z
      .string()
      .max(2048)
      .regex(whole('arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]{9,16}:[0-9]{12}:model-package/[\\S]{1,2048}')),
    ModelApprovalStatus: approvalStatus.optional(),
    ApprovalDescription: z.string().max(1024).optional(),
    CustomerMetadataProperties: customerMetadata.optional(),
    CustomerMetadataPropertiesToRemove: z.array(tagKey).optional(),
    SourceUri: z.string().max(1024).optional(),
    ModelLifeCycle: modelLifeCycle.optional(),
  }),
  needs: ({ ModelPackageArn }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:UpdateModelPackage', resource: arnOf(world, 'model-package', packageKey(ModelPackageArn)) },
  ],
  async run({ ModelPackageArn, CustomerMetadataPropertiesToRemove = [], ...set }, { world, state: { tables } }) {
    const before = packageNamed(tables, ModelPackageArn);
    const properties = Object.entries({ ...before.CustomerMetadataProperties, ...set.CustomerMetadataProperties });
    const CustomerMetadataProperties = Object.fromEntries(
      properties.filter(([key]) => !CustomerMetadataPropertiesToRemove.includes(key)),
    );
    const after = {
      ...before,
      ...set,
      ...(properties.length > 0 && { CustomerMetadataProperties }),
      LastModifiedTime: world.clock.now() / 1000,
    };
    const updated = Object.keys(set);
    tables.modelPackages.save(packageKey(before.ModelPackageArn), after, modelPackageEvent(after, updated));
    await world.store.flushed();
    return { ModelPackageArn: before.ModelPackageArn };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { validationError } from './failures.ts';
import { entityName, tags } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { putTags } from './tags.ts';

export const createModelPackageGroup = operation({
  input: z.strictObject({
    ModelPackageGroupName: entityName.min(1),
    ModelPackageGroupDescription: z.string().max(1024).optional(),
    Tags: tags.optional(),
  }),
  needs: ({ ModelPackageGroupName, Tags }, { world }: Call<SageMaker>) =>
    creationNeeds('CreateModelPackageGroup', arnOf(world, 'model-package-group', ModelPackageGroupName), { Tags }),
  async run({ Tags, ModelPackageGroupName, ModelPackageGroupDescription }, { world, state: { tables } }) {
    const ModelPackageGroupArn = arnOf(world, 'model-package-group', ModelPackageGroupName);
    if (tables.modelPackageGroups.get(ModelPackageGroupName))
      throw validationError(`Model Package Group already exists: ${ModelPackageGroupArn}`);
    tables.modelPackageGroups.save(ModelPackageGroupName, {
      ModelPackageGroupName,
      ModelPackageGroupArn,
      ...(ModelPackageGroupDescription !== undefined && { ModelPackageGroupDescription }),
      CreationTime: world.clock.now() / 1000,
      ModelPackageGroupStatus: 'Completed',
      lastVersion: 0,
    });
    putTags(tables.tags, ModelPackageGroupArn, Tags);
    await world.store.flushed();
    return { ModelPackageGroupArn };
  },
});

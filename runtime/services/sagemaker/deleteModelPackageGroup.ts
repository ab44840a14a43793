import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { groupKey, groupNamed } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

export const deleteModelPackageGroup = operation({
  input: z.strictObject({ ModelPackageGroupName: z.string().min(1).max(170) }),
  needs: ({ ModelPackageGroupName }, { world }: Call<SageMaker>) => [
    {
      action: 'sagemaker:DeleteModelPackageGroup',
      resource: arnOf(world, 'model-package-group', groupKey(ModelPackageGroupName)),
    },
  ],
  async run({ ModelPackageGroupName }, { world, state: { tables } }) {
    const group = groupNamed(tables, ModelPackageGroupName);
    const name = group.ModelPackageGroupName;
    if (tables.modelPackages.values().some((it) => it.ModelPackageGroupName === name))
      throw new AwsError(
        'ConflictException',
        `Model package group ${group.ModelPackageGroupArn} has model packages; delete them first`,
      );
    tables.modelPackageGroups.remove(name);
    tables.tags.delete(group.ModelPackageGroupArn);
    await world.store.flushed();
    return {};
  },
});

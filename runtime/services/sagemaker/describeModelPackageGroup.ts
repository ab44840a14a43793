import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { groupKey, groupNamed } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

export const describeModelPackageGroup = operation({
  input: z.strictObject({ ModelPackageGroupName: z.string().min(1).max(170) }),
  needs: ({ ModelPackageGroupName }, { world }: Call<SageMaker>) => [
    {
      action: 'sagemaker:DescribeModelPackageGroup',
      resource: arnOf(world, 'model-package-group', groupKey(ModelPackageGroupName)),
    },
  ],
  run({ ModelPackageGroupName }, { state: { tables } }) {
    const { lastVersion: _, ...description } = groupNamed(tables, ModelPackageGroupName);
    return { ...description, CreatedBy: {} };
  },
});

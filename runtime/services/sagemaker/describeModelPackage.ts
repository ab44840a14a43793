import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { packageKey, packageNamed, statusDetails } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

export const describeModelPackage = operation({
  input: z.strictObject({ ModelPackageName: z.string().min(1).max(176) }),
  needs: ({ ModelPackageName }, { world }: Call<SageMaker>) => [
    {
      action: 'sagemaker:DescribeModelPackage',
      resource: arnOf(world, 'model-package', packageKey(ModelPackageName)),
    },
  ],
  run({ ModelPackageName }, { state: { tables } }) {
    const { clientToken: _, ...description } = packageNamed(tables, ModelPackageName);
    return { CertifyForMarketplace: false, ...description, ModelPackageStatusDetails: statusDetails };
  },
});

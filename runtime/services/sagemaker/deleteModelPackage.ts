import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { packageKey, packageNamed } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

export const deleteModelPackage = operation({
  input: z.strictObject({ ModelPackageName: z.string().min(1).max(176) }),
  needs: ({ ModelPackageName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DeleteModelPackage', resource: arnOf(world, 'model-package', packageKey(ModelPackageName)) },
  ],
  async run({ ModelPackageName }, { world, state: { tables } }) {
    const { ModelPackageArn } = packageNamed(tables, ModelPackageName);
    tables.modelPackages.remove(packageKey(ModelPackageArn));
    tables.tags.delete(ModelPackageArn);
    await world.store.flushed();
    return {};
  },
});

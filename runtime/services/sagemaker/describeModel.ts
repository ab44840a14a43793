import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { modelName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const describeModel = operation({
  input: z.strictObject({ ModelName: modelName }),
  needs: ({ ModelName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DescribeModel', resource: arnOf(world, 'model', ModelName) },
  ],
  run({ ModelName }, { world, state: { tables } }) {
    const model = tables.models.get(ModelName);
    if (!model) throw validationError(`Could not find model "${arnOf(world, 'model', ModelName)}".`);
    return { EnableNetworkIsolation: false, ...model };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { jobName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const describeTransformJob = operation({
  input: z.strictObject({ TransformJobName: jobName }),
  needs: ({ TransformJobName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DescribeTransformJob', resource: arnOf(world, 'transform-job', TransformJobName) },
  ],
  run({ TransformJobName }, { state: { tables } }) {
    const job = tables.transformJobs.get(TransformJobName);
    if (!job) throw validationError(`Could not find requested job with name: ${TransformJobName}`);
    const { model: _, ...description } = job;
    return description;
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { jobName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { hasEnded } from './transformJob.ts';

export const stopTransformJob = operation({
  input: z.strictObject({ TransformJobName: jobName }),
  needs: ({ TransformJobName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:StopTransformJob', resource: arnOf(world, 'transform-job', TransformJobName) },
  ],
  async run({ TransformJobName }, { world, state: { tables, transform } }) {
    const job = tables.transformJobs.get(TransformJobName);
    if (!job) throw validationError(`Could not find job to update with name: ${TransformJobName}`);
    if (hasEnded(job))
      throw validationError(
        `The request was rejected because the transform job is in status ${job.TransformJobStatus}.`,
      );
    if (job.TransformJobStatus !== 'Stopping') transform.stop(TransformJobName);
    await world.store.flushed();
    return {};
  },
});

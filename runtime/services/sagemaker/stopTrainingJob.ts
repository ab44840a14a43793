import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { jobName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { hasEnded } from './trainingJob.ts';

export const stopTrainingJob = operation({
  input: z.strictObject({ TrainingJobName: jobName }),
  needs: ({ TrainingJobName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:StopTrainingJob', resource: arnOf(world, 'training-job', TrainingJobName) },
  ],
  async run({ TrainingJobName }, { world, state: { tables, training } }) {
    const job = tables.trainingJobs.get(TrainingJobName);
    if (!job) throw validationError('Requested resource not found.');
    if (hasEnded(job))
      throw validationError(`The request was rejected because the training job is in status ${job.TrainingJobStatus}.`);
    if (job.TrainingJobStatus !== 'Stopping') training.stop(TrainingJobName);
    await world.store.flushed();
    return {};
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { jobName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const describeTrainingJob = operation({
  input: z.strictObject({ TrainingJobName: jobName }),
  needs: ({ TrainingJobName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DescribeTrainingJob', resource: arnOf(world, 'training-job', TrainingJobName) },
  ],
  run({ TrainingJobName }, { state: { tables } }) {
    const job = tables.trainingJobs.get(TrainingJobName);
    if (!job) throw validationError('Requested resource not found.');
    const { logStream: _, ...description } = job;
    return {
      EnableNetworkIsolation: false,
      EnableInterContainerTrafficEncryption: false,
      EnableManagedSpotTraining: false,
      ...description,
    };
  },
});

import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listing, modifiedListing } from './grammar.ts';
import { page } from './listing.ts';
import type { SageMaker } from './sagemakerState.ts';

export const listTrainingJobs = operation({
  input: z.strictObject({
    ...listing,
    ...modifiedListing,
    StatusEquals: z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped', 'Deleting']).optional(),
    SortBy: z.enum(['Name', 'CreationTime', 'Status']).optional(),
  }),
  needs: () => [{ action: 'sagemaker:ListTrainingJobs', resource: '*' }],
  run(input, { state: { tables } }: Call<SageMaker>) {
    const { items, ...next } = page(
      tables.trainingJobs.values(),
      input,
      (job) => ({
        name: job.TrainingJobName,
        created: job.CreationTime,
        modified: job.LastModifiedTime,
        status: job.TrainingJobStatus,
      }),
      'Ascending',
    );
    const TrainingJobSummaries = items.map((job) => ({
      TrainingJobName: job.TrainingJobName,
      TrainingJobArn: job.TrainingJobArn,
      CreationTime: job.CreationTime,
      ...(job.TrainingEndTime !== undefined && { TrainingEndTime: job.TrainingEndTime }),
      LastModifiedTime: job.LastModifiedTime,
      TrainingJobStatus: job.TrainingJobStatus,
      SecondaryStatus: job.SecondaryStatus,
    }));
    return { TrainingJobSummaries, ...next };
  },
});

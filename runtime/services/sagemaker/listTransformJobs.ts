import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listing, modifiedListing } from './grammar.ts';
import { page } from './listing.ts';
import type { SageMaker } from './sagemakerState.ts';
import type { TransformJob } from './transformJob.ts';

const modified = (job: TransformJob) => job.TransformEndTime ?? job.TransformStartTime ?? job.CreationTime;

const key = (job: TransformJob) => ({
  name: job.TransformJobName,
  created: job.CreationTime,
  modified: modified(job),
  status: job.TransformJobStatus,
});

export const listTransformJobs = operation({
  input: z.strictObject({
    ...listing,
    ...modifiedListing,
    StatusEquals: z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']).optional(),
    SortBy: z.enum(['Name', 'CreationTime', 'Status']).optional(),
  }),
  needs: () => [{ action: 'sagemaker:ListTransformJobs', resource: '*' }],
  run(input, { state: { tables } }: Call<SageMaker>) {
    const { items, ...next } = page(tables.transformJobs.values(), input, key, 'Descending');
    const TransformJobSummaries = items.map((job) => ({
      TransformJobName: job.TransformJobName,
      TransformJobArn: job.TransformJobArn,
      CreationTime: job.CreationTime,
      LastModifiedTime: modified(job),
      TransformJobStatus: job.TransformJobStatus,
      ...(job.TransformEndTime !== undefined && { TransformEndTime: job.TransformEndTime }),
      ...(job.FailureReason !== undefined && { FailureReason: job.FailureReason }),
    }));
    return { TransformJobSummaries, ...next };
  },
});

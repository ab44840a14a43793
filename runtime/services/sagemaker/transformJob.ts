/** The record of a batch transform job and the event that announces a change of its status. */
import type * as z from 'zod';
import type { ServiceEvent } from '../../operation.ts';
import type { createTransformJobInput } from './createTransformJob.ts';
import type { ServableModel } from './model.ts';

export type TransformRequest = z.infer<typeof createTransformJobInput>;

export type TransformStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** What DescribeTransformJob answers, and the model as it was when the job was created. */
export type TransformJob = Omit<TransformRequest, 'Tags'> & {
  TransformJobArn: string;
  TransformJobStatus: TransformStatus;
  /** Epoch seconds. */
  CreationTime: number;
  TransformStartTime?: number;
  TransformEndTime?: number;
  FailureReason?: string;
  /** Not part of the answer. */
  model: ServableModel;
};

/** True once nothing of the job can change any more. */
export const hasEnded = ({ TransformJobStatus }: TransformJob): boolean =>
  ['Completed', 'Failed', 'Stopped'].includes(TransformJobStatus);

/** The job in another status at `now` (epoch ms). */
export const withStatus = (
  job: TransformJob,
  TransformJobStatus: TransformStatus,
  now: number,
  facts: Partial<TransformJob> = {},
): TransformJob => {
  const moved = { ...job, TransformJobStatus, ...facts };
  return hasEnded(moved) ? { ...moved, TransformEndTime: now / 1000 } : moved;
};

const ms = (seconds: number) => Math.round(seconds * 1000);

/** "SageMaker Transform Job State Change": times in epoch milliseconds, tags as an object. */
export const transformEvent = (job: TransformJob, Tags: Readonly<Record<string, string>>): ServiceEvent => {
  const { model: _, CreationTime, TransformStartTime, TransformEndTime, ...rest } = job;
  return {
    source: 'aws.sagemaker',
    detailType: 'SageMaker Transform Job State Change',
    resources: [job.TransformJobArn],
    detail: {
      ...rest,
      CreationTime: ms(CreationTime),
      ...(TransformStartTime !== undefined && { TransformStartTime: ms(TransformStartTime) }),
      ...(TransformEndTime !== undefined && { TransformEndTime: ms(TransformEndTime) }),
      Tags,
    },
  };
};

/** The record of a training job and the changes of its status, with the event that announces each. */
import type * as z from 'zod';
import type { ServiceEvent } from '../../operation.ts';
import type { createTrainingJobInput } from './createTrainingJob.ts';
import type { MetricData } from './metrics.ts';

export type TrainingRequest = z.infer<typeof createTrainingJobInput>;

export type TrainingStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

export interface Transition {
  Status: string;
  /** Epoch seconds, as every time of a record. */
  StartTime: number;
  /** Absent while the transition is open. */
  EndTime?: number;
  StatusMessage: string;
}

/** What DescribeTrainingJob answers, and the place of the job's log. */
export type TrainingJob = Omit<TrainingRequest, 'Tags'> & {
  TrainingJobArn: string;
  TrainingJobStatus: TrainingStatus;
  SecondaryStatus: string;
  SecondaryStatusTransitions: Transition[];
  CreationTime: number;
  LastModifiedTime: number;
  TrainingStartTime?: number;
  TrainingEndTime?: number;
  TrainingTimeInSeconds?: number;
  BillableTimeInSeconds?: number;
  FailureReason?: string;
  FinalMetricDataList?: MetricData[];
  ModelArtifacts?: { S3ModelArtifacts: string };
  /** Not part of the answer. */
  logStream: string;
};

/** The status a secondary status belongs to, and the message SageMaker shows with it. */
const secondary = {
  Starting: ['InProgress', 'Preparing the instances for training'],
  Pending: ['InProgress', 'Waiting for a job that is training on this machine to end'],
  Downloading: ['InProgress', 'Downloading input data'],
  Training: ['InProgress', 'Training image download completed. Training in progress.'],
  Interrupted: ['InProgress', 'The runtime ended while the job was running; the job starts again'],
  Uploading: ['InProgress', 'Uploading generated training model'],
  Completed: ['Completed', 'Training job completed'],
  Failed: ['Failed', 'Training job failed'],
  Stopping: ['Stopping', 'Stopping the training job'],
  Stopped: ['Stopped', 'Training job stopped'],
  MaxRuntimeExceeded: ['Stopped', 'Training job exceeded MaxRuntimeInSeconds and was stopped'],
} as const satisfies Record<string, readonly [TrainingStatus, string]>;

export type SecondaryStatus = keyof typeof secondary;

const ends = new Set<TrainingStatus>(['Completed', 'Failed', 'Stopped']);

/** True once nothing of the job can change any more. */
export const hasEnded = ({ TrainingJobStatus }: TrainingJob): boolean => ends.has(TrainingJobStatus);

/** The job in its next status at `now` (epoch ms): the open transition is closed and a new one opened. */
export const advance = (
  job: TrainingJob,
  to: SecondaryStatus,
  now: number,
  facts: Partial<TrainingJob> = {},
): TrainingJob => {
  const at = now / 1000;
  const [TrainingJobStatus, StatusMessage] = secondary[to];
  const ended = ends.has(TrainingJobStatus);
  const past = job.SecondaryStatusTransitions.map((t) => (t.EndTime === undefined ? { ...t, EndTime: at } : t));
  const open: Transition = {
    Status: to,
    StartTime: at,
    ...(ended && { EndTime: at }),
    StatusMessage: facts.FailureReason ?? StatusMessage,
  };
  const started = facts.TrainingStartTime ?? job.TrainingStartTime;
  const seconds = Math.round(at - (started ?? at));
  return {
    ...job,
    TrainingJobStatus,
    SecondaryStatus: to,
    SecondaryStatusTransitions: [...past, open],
    LastModifiedTime: at,
    ...(ended && { TrainingEndTime: at }),
    ...(ended && started !== undefined && { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds }),
    ...facts,
  };
};

const ms = (seconds: number) => Math.round(seconds * 1000);

/** "SageMaker Training Job State Change": the description with times in epoch milliseconds and tags as an object. */
export const trainingEvent = (job: TrainingJob, Tags: Readonly<Record<string, string>>): ServiceEvent => {
  const { TrainingStartTime, TrainingEndTime, FailureReason, AlgorithmSpecification } = job;
  const { TrainingImage, TrainingInputMode } = AlgorithmSpecification;
  return {
    source: 'aws.sagemaker',
    detailType: 'SageMaker Training Job State Change',
    resources: [job.TrainingJobArn],
    detail: {
      TrainingJobName: job.TrainingJobName,
      TrainingJobArn: job.TrainingJobArn,
      TrainingJobStatus: job.TrainingJobStatus,
      SecondaryStatus: job.SecondaryStatus,
      ...(FailureReason !== undefined && { FailureReason }),
      HyperParameters: job.HyperParameters ?? {},
      AlgorithmSpecification: { TrainingImage, TrainingInputMode },
      RoleArn: job.RoleArn,
      InputDataConfig: job.InputDataConfig ?? [],
      OutputDataConfig: job.OutputDataConfig,
      ResourceConfig: job.ResourceConfig,
      ...(job.ModelArtifacts && { ModelArtifacts: job.ModelArtifacts }),
      StoppingCondition: job.StoppingCondition,
      CreationTime: ms(job.CreationTime),
      ...(TrainingStartTime !== undefined && { TrainingStartTime: ms(TrainingStartTime) }),
      ...(TrainingEndTime !== undefined && { TrainingEndTime: ms(TrainingEndTime) }),
      LastModifiedTime: ms(job.LastModifiedTime),
      SecondaryStatusTransitions: job.SecondaryStatusTransitions.map(({ StartTime, EndTime, ...rest }) => ({
        ...rest,
        StartTime: ms(StartTime),
        ...(EndTime !== undefined && { EndTime: ms(EndTime) }),
      })),
      Tags,
    },
  };
};

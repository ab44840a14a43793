import { DescribeTrainingJobCommand, DescribeTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { isAws } from './awsErrors.ts';
import { sagemaker } from './clients.ts';
import { stopJob, type JobKind } from './stopJob.ts';

const statusOf: Record<JobKind, (name: string) => Promise<string | undefined>> = {
  training: async (TrainingJobName) =>
    (await sagemaker().send(new DescribeTrainingJobCommand({ TrainingJobName }))).TrainingJobStatus,
  transform: async (TransformJobName) =>
    (await sagemaker().send(new DescribeTransformJobCommand({ TransformJobName }))).TransformJobStatus,
};

/**
 * The job by which a run that was redriven had completed the same before, if any. The newest counts: of two that have completed,
 * because the earlier one did so while it was being stopped, it is the one that the run went on with. One that still runs has
 * nobody who waits for it, and is stopped.
 */
export const completedBefore = async (
  kind: JobKind,
  nameOf: (redrives: number) => string,
  redrives: number,
): Promise<string | undefined> => {
  for (let before = redrives - 1; before >= 0; before--) {
    const name = nameOf(before);
    const status = await unlessNone(() => statusOf[kind](name));
    if (status === 'Completed') return name;
    if (status === 'InProgress') await stopJob(kind, name);
  }
  return undefined;
};

const unlessNone = async (describe: () => Promise<string | undefined>): Promise<string | undefined> => {
  try {
    return await describe();
  } catch (error) {
    if (isAws(error, ['ValidationException', 'ResourceNotFound'], /not found|could not find/i)) return undefined;
    throw error;
  }
};

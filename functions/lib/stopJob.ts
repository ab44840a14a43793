import { StopTrainingJobCommand, StopTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { isAws } from './awsErrors.ts';
import { sagemaker } from './clients.ts';

const stops = {
  training: (name: string) => sagemaker().send(new StopTrainingJobCommand({ TrainingJobName: name })),
  transform: (name: string) => sagemaker().send(new StopTransformJobCommand({ TransformJobName: name })),
};

export type JobKind = keyof typeof stops;

/** Stops a job if it runs. */
export const stopJob = (kind: JobKind, name: string): Promise<void> => unlessGone(() => stops[kind](name));

/** What never started or has ended already needs no stop. */
export const unlessGone = async (stop: () => Promise<unknown>): Promise<void> => {
  try {
    await stop();
  } catch (error) {
    const gone =
      isAws(error, ['ExecutionDoesNotExist', 'ResourceNotFound']) ||
      isAws(error, ['ValidationException'], /not found|could not find|in status|status/i);
    if (!gone) throw error;
  }
};

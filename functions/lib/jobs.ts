/** The SageMaker jobs that a run waits for: how each kind is described, and what its end means. */
import {
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { JobUse } from '../../spec/costs.ts';
import { AlgorithmError, InputError, PlatformError } from '../../spec/errors.ts';
import { isAws } from './awsErrors.ts';
import { chargeRun } from './charge.ts';
import { sagemaker, sfn } from './clients.ts';
import { lastLines } from './jobLog.ts';
import { isOver } from './ledger/runs.ts';
import { dropToken, getToken, type WaitingToken } from './ledger/tokens.ts';
import { putUse } from './ledger/uses.ts';
import { RolledBack } from './rolledBack.ts';

export const jobKind = z.enum(['training', 'transform', 'endpoint']);
export type JobKind = z.infer<typeof jobKind>;

/** By this name people tell an endpoint that could not even go back. */
class RollbackFailed extends AlgorithmError {
  override name = 'RollbackFailed';
}

type Ending = { ended: false } | { ended: true; error?: Error; use?: JobUse };

interface Seen {
  status: string;
  secondary?: string;
  reason?: string;
  /** The endpoint configuration in service. */
  config?: string;
  use?: JobUse;
}

/** SageMaker bills each instance from a job's start to its end (DescribeTrainingJob, DescribeTransformJob). */
const secondsBetween = (start: Date | undefined, end: Date | undefined) =>
  start && end ? Math.max(0, (end.getTime() - start.getTime()) / 1000) : 0;

const describe: Record<JobKind, (name: string) => Promise<Seen>> = {
  async training(name) {
    const job = await sagemaker().send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const { InstanceType = '', InstanceCount = 1 } = job.ResourceConfig ?? {};
    const seconds = job.BillableTimeInSeconds ?? secondsBetween(job.TrainingStartTime, job.TrainingEndTime);
    return {
      status: job.TrainingJobStatus ?? '',
      secondary: job.SecondaryStatus,
      reason: job.FailureReason,
      use: { job: name, instanceType: InstanceType, count: InstanceCount, seconds },
    };
  },
  async transform(name) {
    const job = await sagemaker().send(new DescribeTransformJobCommand({ TransformJobName: name }));
    const { InstanceType = '', InstanceCount = 1 } = job.TransformResources ?? {};
    const seconds = secondsBetween(job.TransformStartTime, job.TransformEndTime);
    return {
      status: job.TransformJobStatus ?? '',
      reason: job.FailureReason,
      use: { job: name, instanceType: InstanceType, count: InstanceCount, seconds },
    };
  },
  async endpoint(name) {
    const endpoint = await sagemaker().send(new DescribeEndpointCommand({ EndpointName: name }));
    return {
      status: endpoint.EndpointStatus ?? '',
      reason: endpoint.FailureReason,
      config: endpoint.EndpointConfigName,
    };
  },
};

const underWay: Record<JobKind, readonly string[]> = {
  training: ['InProgress', 'Stopping'],
  transform: ['InProgress', 'Stopping'],
  endpoint: ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'],
};

/** SageMaker begins a FailureReason with the family it belongs to. */
const families = [
  { prefix: 'ClientError', Family: InputError },
  { prefix: 'AlgorithmError', Family: AlgorithmError },
];

const failure = async (kind: JobKind, name: string, { status, secondary, reason }: Seen): Promise<Error> => {
  const where = `${kind} job ${name}`;
  if (secondary === 'MaxRuntimeExceeded')
    return new InputError({
      what: 'The job reached its time limit',
      where,
      todo: 'Raise train.maxRuntime, take a larger instance or train on less.',
    });
  if (status === 'Stopped') return new AlgorithmError({ what: 'The job was stopped before it ended', where });
  const Family = families.find(({ prefix }) => reason?.startsWith(prefix))?.Family ?? PlatformError;
  const log = kind === 'endpoint' ? '' : await lastLines(kind, name);
  return new Family({
    what: `${reason ?? `The job ended as ${status}`}${log && `\nLast lines of its log:\n${log}`}`,
    where,
  });
};

/** How a job stands: under way, ended well, or ended with an error of the right family. */
export const endingOf = async (kind: JobKind, name: string, expected?: string): Promise<Ending> => {
  const seen = await describe[kind](name);
  if (underWay[kind].includes(seen.status)) return { ended: false };
  const { use } = seen;
  if (seen.status === 'Completed') return { ended: true, ...(use && { use }) };
  if (seen.status === 'InService') {
    // An endpoint that rolled back is InService with its old configuration: that is no success.
    if (!expected || seen.config === expected) return { ended: true };
    const reason = seen.reason ?? 'SageMaker rolled the update back';
    return {
      ended: true,
      error: new RolledBack({
        what: `The endpoint went back to ${seen.config ?? 'its old configuration'}, which serves on: ${reason}`,
        where: `endpoint ${name}`,
        expected: `the configuration ${expected}`,
      }),
    };
  }
  if (seen.status === 'UpdateRollbackFailed')
    return {
      ended: true,
      error: new RollbackFailed({
        what: `The endpoint failed to go back after a failed update and may serve both models: ${seen.reason ?? 'no reason was given'}`,
        where: `endpoint ${name}`,
      }),
    };
  return { ended: true, error: await failure(kind, name, seen), ...(use && { use }) };
};

/**
 * Answers whoever waits for this job if it has ended; true when it has. An answer that comes second, after a time-out or
 * another answer, is dropped. Throws PlatformError where Step Functions does not know the `waiting` task that has just asked:
 * should it wait all the same, it fails by that instead of asking every 15 minutes for ever.
 */
export const settle = async (kind: JobKind, name: string, waiting?: WaitingToken): Promise<boolean> => {
  const wait = waiting ?? (await getToken(kind, name));
  if (!wait) return false;
  const ending = await endingOf(kind, name, wait.expected);
  if (!ending.ended) return false;
  if (ending.use) await charge(wait.runId, ending.use);
  const isHeard = await answer(wait.token, { kind, name }, ending.error);
  const isLast = await dropToken(kind, name, wait.token);
  if (waiting && !isHeard && isLast)
    throw new PlatformError({
      what: 'Step Functions does not know the task that waits for the job',
      where: `${kind} job ${name}`,
    });
  return true;
};

/** False when no task waits under this token any more. */
const answer = async (taskToken: string, job: { kind: JobKind; name: string }, failed: Error | undefined) => {
  try {
    if (failed)
      await sfn().send(
        new SendTaskFailureCommand({ taskToken, error: failed.name, cause: failed.message.slice(0, 8192) }),
      );
    else await sfn().send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(job) }));
    return true;
  } catch (error) {
    if (!isAws(error, ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])) throw error;
    return false;
  }
};

/** Kept before anybody goes on, so that who sums up misses none. A job that outlives its run is added to the run's cost. */
const charge = async (runId: string, use: JobUse) => {
  await putUse(runId, use);
  if (await isOver(runId)) await chargeRun(runId);
};

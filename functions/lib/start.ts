import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { runIdOf } from '../../spec/names.ts';
import { runRequest, type RunInput, type RunRequest } from '../../spec/run.ts';
import { isAws } from './awsErrors.ts';
import { sfn } from './clients.ts';
import { environment } from './environment.ts';
import { addRun } from './ledger/runs.ts';

/**
 * Starts the run of a request; the same request twice is one run. The ledger is written before the execution starts, so a
 * crash between the two leaves a run that the repeated event starts.
 */
export const start = async (given: RunRequest): Promise<{ runId: string; started: boolean }> => {
  const request = runRequest.parse(given);
  const { pipeline, source, idempotencyKey = '' } = request;
  const runId = runIdOf(pipeline, source.bucket, source.key, source.versionId ?? '', idempotencyKey);
  const input: RunInput = { ...request, runId };
  const added = await addRun(input);
  try {
    await sfn().send(
      new StartExecutionCommand({
        stateMachineArn: environment('TRAIN_MACHINE_ARN'),
        name: runId,
        input: JSON.stringify(input),
      }),
    );
    return { runId, started: added };
  } catch (error) {
    // An execution of this name that has ended, or whose input was put together by another trigger, is the same run.
    if (isAws(error, ['ExecutionAlreadyExists'])) return { runId, started: false };
    throw error;
  }
};

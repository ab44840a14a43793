/** Executions by their names, which are computed: starting one again, or asking for one that never began, is no error. */
import {
  DescribeExecutionCommand,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { isAws } from './awsErrors.ts';
import { sfn } from './clients.ts';

/**
 * Starts an execution; one of this name that runs or has ended, whoever put its input together, is the same. That there is one is
 * only believed when it is said twice: a run that nobody began would be RUNNING until the reaper comes by.
 */
export const startOnce = async (stateMachineArn: string, name: string, input: object) => {
  const start = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  const isThere = async () => {
    try {
      await sfn().send(start);
      return false;
    } catch (error) {
      if (!isAws(error, ['ExecutionAlreadyExists'])) throw error;
      return true;
    }
  };
  if (await isThere()) await isThere();
};

/** Undefined for one that never began, or of which Step Functions knows nothing any more, 90 days after its end. */
export const describeExecution = async (executionArn: string): Promise<DescribeExecutionCommandOutput | undefined> => {
  try {
    return await sfn().send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (!isAws(error, ['ExecutionDoesNotExist'])) throw error;
    return undefined;
  }
};

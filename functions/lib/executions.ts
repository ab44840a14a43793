/** Executions by their names, which are computed: starting one again, or asking for one that never began, is no error. */
import {
  DescribeExecutionCommand,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { isAws } from './awsErrors.ts';
import { sfn } from './clients.ts';

/** Starts an execution; one of this name that runs or has ended, whoever put its input together, is the same. */
export const startOnce = async (stateMachineArn: string, name: string, input: object) => {
  try {
    await sfn().send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if (!isAws(error, ['ExecutionAlreadyExists'])) throw error;
  }
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

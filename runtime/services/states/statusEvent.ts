/** `Step Functions Execution Status Change`: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
import type { ServiceEvent } from '../../operation.ts';
import { describedExecution } from './describedExecution.ts';
import { redrivableOf } from './redrives.ts';
import type { ExecutionLog, Summary } from './executionLog.ts';

/** Input and output together are left out above this many bytes. */
const dataLimit = 248 * 1024;

/** The event of an execution's start or of its end. */
export const statusEvent = async (log: ExecutionLog, summary: Summary, atStart: boolean): Promise<ServiceEvent> => {
  const { input, output, error, cause } = await describedExecution(log, summary);
  const { identity, startedAt, stoppedAt } = summary;
  const ended = !atStart;
  const { redriveStatus, redriveStatusReason } = redrivableOf(
    ended ? summary : { ...summary, status: 'RUNNING' },
    stoppedAt ?? startedAt,
  );
  const data = Buffer.byteLength(input) + Buffer.byteLength(ended ? (output ?? '') : '');
  const included = data <= dataLimit;
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [identity.arn],
    detail: {
      executionArn: identity.arn,
      stateMachineArn: identity.machineArn,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      name: identity.name,
      status: ended ? summary.status : 'RUNNING',
      startDate: startedAt,
      stopDate: ended ? stoppedAt : null,
      input: included ? input : null,
      inputDetails: { included },
      output: ended && included ? (output ?? null) : null,
      outputDetails: ended && output !== undefined ? { included } : null,
      error: ended ? (error ?? null) : null,
      cause: ended ? (cause ?? null) : null,
      redriveCount: summary.redrives.length,
      redriveDate: summary.redrives.at(-1)?.at ?? null,
      redriveStatus,
      redriveStatusReason: redriveStatusReason ?? null,
    },
  };
};

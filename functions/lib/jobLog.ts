import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { logs } from './clients.ts';
import { logger } from './define.ts';

const groups = { training: '/aws/sagemaker/TrainingJobs', transform: '/aws/sagemaker/TransformJobs' };

/** The last ten lines of a job's log; empty when it cannot be read, for a failure must be told even then. */
export const lastLines = async (kind: keyof typeof groups, job: string): Promise<string> => {
  try {
    const logGroupName = groups[kind];
    const { logStreams = [] } = await logs().send(
      new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/`, limit: 1 }),
    );
    const logStreamName = logStreams[0]?.logStreamName;
    if (!logStreamName) return '';
    const { events = [] } = await logs().send(
      new GetLogEventsCommand({ logGroupName, logStreamName, limit: 10, startFromHead: false }),
    );
    return events.map(({ message = '' }) => message.slice(0, 500)).join('\n');
  } catch (error) {
    logger.warn('The log of the job cannot be read.', { job, error: error as Error });
    return '';
  }
};

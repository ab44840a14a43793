import type { World } from './operation.ts';

/** The URL of the SQS queue an ARN names, `http://127.0.0.1:<port>/<account>/<name>`, for services that send by ARN. */
export const queueUrlOf = ({ endpoint }: Pick<World, 'endpoint'>, queueArn: string): string => {
  const [account = '', name = ''] = queueArn.split(':').slice(4);
  return `${endpoint}/${account}/${name}`;
};

/** An SQS queue's ARN, first-in-first-out or not. */
export const queueArnPattern = /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(?:\.fifo)?$/;

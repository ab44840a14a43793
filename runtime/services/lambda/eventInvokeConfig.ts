import { AwsError } from '../../operation.ts';
import type { FunctionRecord } from './functionRecord.ts';

/** The FunctionEventInvokeConfig of the API. Throws ResourceNotFoundException where the function has none. */
export const eventInvokeConfigOf = ({ arn, eventInvokeConfig: config }: FunctionRecord) => {
  if (!config)
    throw new AwsError(
      'ResourceNotFoundException',
      `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`,
      404,
      { Type: 'User' },
    );
  return {
    FunctionArn: `${arn}:$LATEST`,
    LastModified: config.lastModified / 1000,
    MaximumRetryAttempts: config.maximumRetryAttempts,
    MaximumEventAgeInSeconds: config.maximumEventAgeInSeconds,
    DestinationConfig: {
      OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
      OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
    },
  };
};

/** Errors of SQS. Its clients once spoke the query protocol: a header repeats each error under the code it had there. */
import { AwsError } from '../../operation.ts';

const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
};

/** The code of an error in the query protocol, which batch answers still give. */
export const queryCode = (code: string): string => queryCodes[code] ?? code;

export const sqsError = (code: string, message: string): AwsError =>
  new AwsError(code, message, 400, {}, { 'x-amzn-query-error': `${queryCode(code)};Sender` });

/** A value of one parameter that the service refuses. */
export const invalidValue = (parameter: string, value: unknown, reason: string): AwsError =>
  sqsError('InvalidParameterValue', `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const invalidParameters = (message: string): AwsError => sqsError('InvalidParameterValue', message);

export const missing = (parameter: string): AwsError =>
  sqsError('MissingParameter', `The request must contain the parameter ${parameter}.`);

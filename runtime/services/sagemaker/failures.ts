/** The errors of SageMaker's control plane, in the codes and words that its clients look for. */
import { AwsError } from '../../operation.ts';

export const validationError = (message: string): AwsError => new AwsError('ValidationException', message);

export const inUse = (message: string): AwsError => new AwsError('ResourceInUse', message);

/** A value that AWS accepts and the runtime does not: `CreateTrainingJob.InputMode=Pipe`. */
export const notImplemented = (what: string, instead: string): AwsError =>
  new AwsError('NotImplemented', `NotImplemented: ${what} is not supported by this runtime; ${instead}`, 501);

/** Why a job or an endpoint failed; its message becomes the FailureReason. */
export class JobFailure extends Error {
  override name = 'JobFailure';
}

/** `FailureReason` holds at most 1024 characters. */
export const failureReason = (error: unknown): string =>
  (error instanceof JobFailure
    ? error.message
    : `InternalServerError: ${error instanceof Error ? error.message : String(error)}`
  ).slice(0, 1024);

/** The code and message of an error of a sibling service, for a FailureReason. */
export const told = (error: unknown): string =>
  error instanceof AwsError
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? error.message
      : String(error);

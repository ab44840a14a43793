import { AlgorithmError, InputError, PlatformError } from '../../spec/errors.ts';

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
  code?: string;
  /** Which call failed; see clients.ts. */
  call?: string;
}

/** Names by which AWS services say "try again later", besides any 5xx. */
const passing =
  /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughput|SlowDown|RequestTimeout|LimitExceeded$/;
const broken = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Sorts what a handler threw into the three families. Passing faults of AWS become PlatformError (retried); everything else,
 * AccessDenied above all, keeps its own name and says which call it was.
 */
export const familyOf = (error: unknown): Error => {
  if (error instanceof InputError || error instanceof AlgorithmError || error instanceof PlatformError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const { $metadata, code, name, call } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const passes = status >= 500 || status === 429 || (status !== 403 && passing.test(name)) || name === 'TimeoutError';
  if (!passes && !(code && broken.has(code))) return call ? placed(error, call) : error;
  return new PlatformError(
    { what: `${name}: ${error.message}`, ...(call && { where: call }), todo: 'It is tried again by itself' },
    { cause: error },
  );
};

const placed = (cause: SdkError, call: string): Error => {
  const { name, message, $metadata } = cause;
  // The answer to a HEAD has no body that could say more.
  const isBare = name === 'Unknown';
  const status = $metadata?.httpStatusCode;
  const error = new Error(`${isBare ? `HTTP status ${status}` : message} (${call})`, { cause });
  error.name = isBare && status === 403 ? 'AccessDenied' : name;
  return error;
};

/** True when a call reached AWS, or may have, and its answer did not come back: it may have had its effect. */
export const isUnanswered = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $metadata, code = '', name } = error as SdkError;
  if ($metadata?.httpStatusCode !== undefined) return false;
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code) || name === 'TimeoutError' || name === 'AbortError';
};

/** True when `error` is the AWS error of one of these names, with a message that starts so where one is given. */
export const isAws = (error: unknown, names: readonly string[], message?: RegExp): error is Error =>
  error instanceof Error && names.includes(error.name) && (message?.test(error.message) ?? true);

/**
 * Whether S3 says that there is no such version of an object: a delete marker is none (405), nor is what can be no version's id
 * (400). A HEAD has no body, so that its errors are named by their status.
 */
export const isNoVersion = (error: unknown): error is Error =>
  isAws(error, ['NotFound', 'NoSuchKey', 'NoSuchVersion', 'MethodNotAllowed', 'InvalidArgument', 'BadRequest']) ||
  (error instanceof Error && (error as SdkError).$metadata?.httpStatusCode === 405);

import { AlgorithmError, InputError, PlatformError } from '../../spec/errors.ts';

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
  code?: string;
}

/** Names by which AWS services say "try again later", besides any 5xx. */
const passing =
  /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughput|SlowDown|RequestTimeout|LimitExceeded$/;
const broken = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Sorts what a handler threw into the three families. Passing faults of AWS become PlatformError (retried); everything else,
 * AccessDenied above all, keeps its own name and message.
 */
export const familyOf = (error: unknown): Error => {
  if (error instanceof InputError || error instanceof AlgorithmError || error instanceof PlatformError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const { $metadata, code, name } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const passes = status >= 500 || status === 429 || (status !== 403 && passing.test(name)) || name === 'TimeoutError';
  if (!passes && !(code && broken.has(code))) return error;
  return new PlatformError(
    { what: `${name}: ${error.message}`, todo: 'It is tried again by itself' },
    { cause: error },
  );
};

/** True when `error` is the AWS error of one of these names, with a message that starts so where one is given. */
export const isAws = (error: unknown, names: readonly string[], message?: RegExp): error is Error =>
  error instanceof Error && names.includes(error.name) && (message?.test(error.message) ?? true);

/** What the HTTP API answers when something is wrong: problem details (RFC 9457) with what, where, what was expected, what to do. */
import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { AlgorithmError, compose, InputError, PlatformError, type Complaint } from '../../spec/errors.ts';

class Refusal extends Error {
  readonly complaint: Complaint;
  constructor(complaint: Complaint | string, options?: ErrorOptions) {
    const full = typeof complaint === 'string' ? { what: complaint } : complaint;
    super(compose(full), options);
    this.complaint = full;
  }
}

/** Thrown by a route for something that does not exist. */
export class NotFound extends Refusal {
  override name = 'NotFound';
}

/** Thrown by a route when the state of things does not allow the request. */
export class Conflict extends Refusal {
  override name = 'Conflict';
}

/** Thrown by a route for what can no longer be done, whatever the caller does. */
export class Gone extends Refusal {
  override name = 'Gone';
}

/** Thrown for a body of a kind that the route does not read. */
export class UnsupportedMediaType extends Refusal {
  override name = 'UnsupportedMediaType';
}

export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank'),
    /** The status in words. */
    title: z.string(),
    status: z.int().min(400).max(599),
    /** All that follows as sentences for people. */
    detail: z.string(),
    /** Which kind of failure: InputError, NotFound, PlatformError … */
    name: z.string(),
    what: z.string().optional(),
    where: z.string().optional(),
    expected: z.string().optional(),
    todo: z.string().optional(),
    /** Finds the log of the request. */
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

const statuses = [
  [InputError, 400],
  [NotFound, 404],
  [Conflict, 409],
  [Gone, 410],
  [UnsupportedMediaType, 415],
  [PlatformError, 503],
] as const;

/** The body of an answer that tells of `error`. An unforeseen fault is told by its request id only; the log holds the rest. */
export const problemOf = (error: Error, requestId: string): Problem => {
  const status = statuses.find(([family]) => error instanceof family)?.[1] ?? 500;
  const isTold = status !== 500 || error.name.startsWith('AccessDenied');
  const isOurs =
    error instanceof Refusal ||
    error instanceof InputError ||
    error instanceof PlatformError ||
    error instanceof AlgorithmError;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: isTold ? error.message : 'See the log of this request.',
    name: error.name,
    ...(isTold && isOurs && error.complaint),
    requestId,
  };
};

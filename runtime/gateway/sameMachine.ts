/**
 * Keeps web pages out. A browser on this machine can reach the loopback port, and routes of an HTTP API need no signature: a page
 * from elsewhere could call them directly, or under a name that it lets resolve to 127.0.0.1 (DNS rebinding).
 */
import { AwsError, type HttpRequest } from '../operation.ts';

const loopback = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w.-]+\.)?localhost)(?::\d{1,5})?$/i;

/** Throws AccessDenied (403) for a Host or Origin that is not this machine. */
export const refuseStrangers = ({ headers }: HttpRequest): void => {
  const { host = '', origin } = headers;
  if (!loopback.test(host))
    throw new AwsError(
      'AccessDenied',
      `This runtime answers under 127.0.0.1 and localhost only, not '${host.slice(0, 80)}'`,
      403,
    );
  if (origin !== undefined && !loopback.test(origin.replace(/^https?:\/\//, '')))
    throw new AwsError('AccessDenied', `This runtime does not answer pages of '${origin.slice(0, 80)}'`, 403);
};

/** A Lambda behind a route of the HTTP API: answers JSON, and problem+json (RFC 9457) for what is wrong. */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { InputError, PlatformError } from '../../spec/errors.ts';
import { familyOf } from './awsErrors.ts';
import { logger } from './define.ts';

/** Thrown by a route for something that does not exist. */
export class NotFound extends Error {
  override name = 'NotFound';
}

/** Thrown by a route when the state of things does not allow the request. */
export class Conflict extends Error {
  override name = 'Conflict';
}

/** Thrown by a route for what can no longer be done, whatever the caller does. */
export class Gone extends Error {
  override name = 'Gone';
}

const statusOf = (error: Error): number => {
  if (error instanceof InputError) return 400;
  if (error instanceof NotFound) return 404;
  if (error instanceof Conflict) return 409;
  if (error instanceof Gone) return 410;
  if (error instanceof PlatformError) return 503;
  return 500;
};

export interface Answer {
  status?: number;
  body: unknown;
}

export const defineRoute = (run: (event: APIGatewayProxyEventV2, context: Context) => Promise<Answer>) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event, context): Promise<APIGatewayProxyStructuredResultV2> => {
      try {
        const { status = 200, body } = await run(event, context);
        return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      } catch (error) {
        const sorted = familyOf(error);
        const status = statusOf(sorted);
        logger[status >= 500 ? 'error' : 'info'](sorted.message, sorted);
        const problem = { type: 'about:blank', title: sorted.name, status, detail: detailOf(sorted, status) };
        return {
          statusCode: status,
          headers: { 'content-type': 'application/problem+json' },
          body: JSON.stringify({ ...problem, requestId: context.awsRequestId }),
        };
      }
    });

/** An unforeseen fault is told by its request id only; the log holds the rest. */
const detailOf = (error: Error, status: number) =>
  status === 500 && !error.name.startsWith('AccessDenied') ? 'See the log of this request.' : error.message;

/** The body as text, decoded; empty string when there is none. */
export const bodyOf = ({ body, isBase64Encoded }: APIGatewayProxyEventV2): string =>
  isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');

/** The body as JSON. Throws InputError when it is not. */
export const jsonOf = (event: APIGatewayProxyEventV2): unknown => {
  const text = bodyOf(event);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError({ what: 'The body is not JSON', expected: 'a JSON document' }, { cause });
  }
};

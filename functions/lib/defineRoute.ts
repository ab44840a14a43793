/**
 * A Lambda behind a route of the HTTP API. Its file declares what it takes and answers; requests are held to that, answers are
 * JSON, and problem+json (RFC 9457) for what is wrong. docs/openapi.json is made of the same declarations (openApi.ts).
 */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { familyOf } from './awsErrors.ts';
import { logger } from './define.ts';
import { logKeys } from './logKeys.ts';
import { problemOf, UnsupportedMediaType } from './problems.ts';
export { Conflict, Gone, NotFound } from './problems.ts';

/** The grammar of a body by media type; JSON is parsed first, everything else is text. */
export type Bodies = Readonly<Record<string, z.ZodType>>;

/** What a route says of itself. `Query` and the like are grammars of what is given as texts. */
export interface RouteDeclaration {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in serverless.yml: `/runs/{id}`. */
  path: string;
  /** What clients call it; default: the function's name. */
  operationId?: string;
  /** One line. */
  summary: string;
  /** One member for each variable of the path. */
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** Names are lower case. */
  headers?: z.ZodObject;
  /** The first media type is taken where a request names none. */
  body?: Bodies;
  /** By status. */
  answers: Readonly<Record<number, z.ZodType>>;
  /** Statuses of its own problems; 400, 500 and 503 are possible everywhere. */
  problems?: readonly (404 | 409 | 410)[];
}

type Read<Grammar> = Grammar extends z.ZodType ? z.output<Grammar> : undefined;

/** A request that has been held to its route's declaration. */
export interface Asked<Route extends RouteDeclaration> {
  params: Read<Route['params']>;
  query: Read<Route['query']>;
  headers: Read<Route['headers']>;
  body: Route['body'] extends Bodies ? z.output<Route['body'][keyof Route['body']]> : undefined;
  event: APIGatewayProxyEventV2;
}

/** `status` is 200 unless said otherwise. */
export interface Answer<Route extends RouteDeclaration> {
  status?: number;
  body: z.input<Route['answers'][keyof Route['answers']]>;
}

/** The handler of a route; `handler.route` is its declaration. */
export const defineRoute = <const Route extends RouteDeclaration>(
  route: Route,
  run: (asked: Asked<Route>, context: Context) => Promise<Answer<Route>>,
) =>
  Object.assign(
    middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
      .use(injectLambdaContext(logger, { resetKeys: true }))
      .handler(async (event, context): Promise<APIGatewayProxyStructuredResultV2> => {
        const { id, name } = event.pathParameters ?? {};
        logger.appendKeys(logKeys({ runId: id, pipeline: name }));
        try {
          const { status = 200, body } = await run(read(route, event), context);
          return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        } catch (error) {
          const sorted = familyOf(error);
          const problem = problemOf(sorted, context.awsRequestId);
          logger[problem.status >= 500 ? 'error' : 'info'](sorted.message, sorted);
          return {
            statusCode: problem.status,
            headers: { 'content-type': 'application/problem+json' },
            body: JSON.stringify(problem),
          };
        }
      }),
    { route },
  );

const read = <Route extends RouteDeclaration>(route: Route, event: APIGatewayProxyEventV2): Asked<Route> => {
  const asked = {
    params: held(route.params, event.pathParameters ?? {}, 'path'),
    query: held(route.query, event.queryStringParameters ?? {}, 'query'),
    headers: held(route.headers, event.headers, 'headers'),
    body: route.body && bodyOf(route.body, event),
    event,
  };
  // Each member was read by the grammar that the type of the member is made of.
  return asked as Asked<Route>;
};

const held = (grammar: z.ZodType | undefined, given: unknown, where: string): unknown => {
  const parsed = grammar?.safeParse(given);
  if (!parsed || parsed.success) return parsed?.data;
  throw new InputError({
    what: z.prettifyError(parsed.error),
    where,
    expected: 'what docs/openapi.json says of this route',
  });
};

/** What curl and fetch say of a body when nobody has told them what it is. */
const unsaid = new Set(['application/x-www-form-urlencoded', 'text/plain']);

const bodyOf = (bodies: Bodies, event: APIGatewayProxyEventV2): unknown => {
  const [usual = ''] = Object.keys(bodies);
  const named = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const type = !named || (unsaid.has(named) && !Object.hasOwn(bodies, named)) ? usual : named;
  if (!Object.hasOwn(bodies, type))
    throw new UnsupportedMediaType({
      what: `A body of ${type} is not understood here`,
      where: 'headers, content-type',
      expected: Object.keys(bodies).join(' or '),
    });
  const text = textOf(event);
  return held(bodies[type], type === 'application/json' ? jsonOf(text) : text, 'body');
};

const textOf = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string => {
  if (!isBase64Encoded) return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(body, 'base64'));
  } catch (cause) {
    throw new InputError({ what: 'The body is not text', where: 'body', expected: 'UTF-8' }, { cause });
  }
};

const jsonOf = (text: string): unknown => {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      { what: `The body is not JSON: ${(cause as Error).message}`, where: 'body', expected: 'a JSON document' },
      { cause },
    );
  }
};

/**
 * The data plane of HTTP APIs: `/execute-api/<apiId>/<path>` → route → function. Order: stage and route (404), signature where
 * the route asks for one (403), then the function; what goes wrong behind the route tells the caller nothing but 500 or 503.
 */
import * as z from 'zod';
import { readBody } from '../../protocols/body.ts';
import { sleep } from '../../clock.ts';
import { AwsError, operation, type Call, type HttpAnswer, type HttpRequest, type Principal } from '../../operation.ts';
import { ofApi, type ApiState, type Integration, type Stage } from './apiState.ts';
import { proxyAnswer, proxyEvent } from './proxyEvent.ts';
import { matchRoute, parseRouteKey, type Match } from './routeMatching.ts';

const input = z.strictObject({
  apiId: z.string(),
  method: z.string(),
  /** Percent-encoded, beginning with `/`. */
  path: z.string(),
});

type Input = z.output<typeof input>;

/** Quota of HTTP APIs, bytes. */
const largestBody = 10 * 1024 * 1024;

export const invokeApi = operation<ApiState, Input, HttpAnswer>({
  input,
  needs(asked, { state, world, principal }) {
    const { match, stage, segments } = resolve(state, asked);
    if (match.route.authorizationType === 'NONE') return [];
    if (principal.kind === 'anonymous') throw new AwsError('ForbiddenException', 'Forbidden', 403);
    const place = `${asked.apiId}/${stage.stageName}/${asked.method}/${segments.join('/')}`;
    return [
      {
        action: 'execute-api:Invoke',
        resource: `arn:${world.partition}:execute-api:${world.region}:${world.accountId}:${place}`,
      },
    ];
  },
  async run(asked, call) {
    const { state, world, principal, requestId, http } = call;
    if (!http) throw new AwsError('BadRequestException', 'An HTTP API is called over HTTP only');
    const { match, stage, path } = resolve(state, asked);
    const { route, pathParameters } = match;
    const integration = state.integrations.get(`${asked.apiId}/${route.target.split('/')[1]}`);
    const event = proxyEvent({
      http,
      body: await bodyOf(http),
      principal,
      accountId: world.accountId,
      apiId: asked.apiId,
      requestId,
      routeKey: route.routeKey,
      authorized: route.authorizationType === 'AWS_IAM',
      stage: stage.stageName,
      ...(stage.stageVariables && { stageVariables: stage.stageVariables }),
      path,
      pathParameters,
      now: world.clock.now(),
    });
    const answer = integration
      ? await answerOf(call, integration, sourceOf(match, stage), event)
      : failed(call, 'its route names an integration that is gone');
    return { http: { ...answer, headers: { ...answer.headers, 'apigw-requestid': requestId } } };
  },
});

/** `$default` serves the root; another stage serves what is below its name, and the name stays part of the path. */
const resolve = (state: ApiState, { apiId, method, path }: Input) => {
  const segments = path.split('/').slice(1).map(decoded);
  const stages = ofApi(state.stages, apiId);
  const named = stages.find(({ stageName }) => stageName === segments[0] && stageName !== '$default');
  const stage = named ?? stages.find(({ stageName }) => stageName === '$default');
  const below = named ? segments.slice(1) : segments;
  const match = stage && matchRoute(ofApi(state.routes, apiId), method, below.length > 0 ? below : ['']);
  if (!match) throw new AwsError('NotFoundException', 'Not Found', 404);
  return { match, stage, segments: below, path: `/${segments.join('/')}` };
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('BadRequestException', 'Bad Request');
  }
};

/** The ARN functions name in their permission: API, stage, method and path of the route. */
const sourceOf = ({ route }: Match, { apiId, stageName }: Stage): string => {
  const key = parseRouteKey(route.routeKey);
  return key
    ? `${apiId}/${stageName}/${key.method === 'ANY' ? '*' : key.method}${key.path}`
    : `${apiId}/${stageName}/$default`;
};

const bodyOf = async (http: HttpRequest): Promise<Buffer> => {
  try {
    return await readBody(http.body, largestBody);
  } catch (error) {
    if (error instanceof AwsError && error.status === 413)
      throw new AwsError('RequestEntityTooLarge', 'Request Entity Too Large', 413);
    throw error;
  }
};

const invoked = z.looseObject({ FunctionError: z.string().optional(), Payload: z.instanceof(Uint8Array) });

type Answer = HttpAnswer['http'];

const answerOf = async (
  call: Call<ApiState>,
  integration: Integration,
  source: string,
  event: object,
): Promise<Answer> => {
  const { world } = call;
  const service = 'apigateway.amazonaws.com';
  const arn = `arn:${world.partition}:execute-api:${world.region}:${world.accountId}:${source}`;
  const gateway: Principal = { kind: 'service', service, arn };
  const answered = new AbortController();
  const timeout = sleep(world.clock, integration.timeoutInMillis, answered.signal).then(
    () => 'timeout' as const,
    () => 'answered' as const,
  );
  try {
    const work = world.call(gateway, 'lambda', 'Invoke', {
      FunctionName: integration.integrationUri,
      Payload: new TextEncoder().encode(JSON.stringify(event)),
    });
    const first = await Promise.race([work, timeout]);
    if (first === 'timeout')
      return unavailable(call, `the function took longer than ${integration.timeoutInMillis} ms`);
    const { FunctionError, Payload } = invoked.parse(first);
    const text = new TextDecoder().decode(Payload);
    if (FunctionError) return failed(call, `the function failed: ${text.slice(0, 1000)}`);
    return proxyAnswer(JSON.parse(text)) ?? failed(call, `the function's answer is malformed: ${text.slice(0, 1000)}`);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'NotImplemented') throw error;
    if (error.code === 'RequestTooLargeException')
      throw new AwsError('RequestEntityTooLarge', 'Request Entity Too Large', 413);
    return error.status === 429 ? unavailable(call, error.message) : failed(call, error.message);
  } finally {
    answered.abort();
  }
};

const plain = (status: number, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

const failed = ({ world, requestId }: Call<ApiState>, why: string): Answer => {
  world.log('warn', 'An HTTP API answered 500', { requestId, why });
  return plain(500, 'Internal Server Error');
};

const unavailable = ({ world, requestId }: Call<ApiState>, why: string): Answer => {
  world.log('warn', 'An HTTP API answered 503', { requestId, why });
  return plain(503, 'Service Unavailable');
};

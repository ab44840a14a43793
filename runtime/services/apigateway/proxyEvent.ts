/**
 * What a function behind an HTTP API gets and answers: payload format 2.0 (developer guide, "Create AWS Lambda proxy
 * integrations for HTTP APIs"). Pure.
 */
import { AwsError, type HttpAnswer, type HttpRequest, type Principal } from '../../operation.ts';

export interface ProxyRequest {
  http: HttpRequest;
  body: Buffer;
  principal: Principal;
  accountId: string;
  apiId: string;
  requestId: string;
  routeKey: string;
  /** True where the route asked for a signature. */
  authorized: boolean;
  stage: string;
  stageVariables?: Readonly<Record<string, string>>;
  /** Decoded, without the prefix of the data plane. */
  path: string;
  pathParameters: Readonly<Record<string, string>>;
  /** Epoch ms. */
  now: number;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21/Nov/2026:09:30:00 +0000` */
const commonLogTime = (ms: number) => {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
};

/** API Gateway hands these on as text and everything else, form posts included, as base64. */
const textual = /^(text\/.*|application\/(json|xml|javascript|.*\+json|.*\+xml))$/;

const isText = ({ headers }: HttpRequest, body: Buffer): boolean => {
  if (headers['content-encoding'] !== undefined) return false;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  // An unnamed type is text as long as it reads back as the same bytes.
  return type === undefined ? Buffer.from(body.toString()).equals(body) : textual.test(type);
};

const filled = <Value extends object>(name: string, value: Value | undefined) =>
  value && Object.keys(value).length > 0 ? { [name]: value } : {};

const accessKey = /Credential=([^/,\s]+)/;

const iamOf = (principal: Principal, accountId: string, headers: HttpRequest['headers']) => ({
  accessKey: accessKey.exec(headers['authorization'] ?? '')?.[1] ?? null,
  accountId,
  callerId: principal.kind === 'role' ? `${principal.roleArn.split('/').at(-1)}:${principal.sessionName}` : accountId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: principal.arn,
  userId: principal.kind === 'role' ? `${principal.roleArn.split('/').at(-1)}:${principal.sessionName}` : accountId,
});

export const proxyEvent = (request: ProxyRequest): object => {
  const { http, body, apiId, routeKey, stage, path, now, accountId } = request;
  const { cookie, ...headers } = http.headers;
  const host = headers['host'] ?? '';
  const text = isText(http, body);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: http.rawQuery,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': host.split(':')[1] ?? '80',
      'x-forwarded-proto': 'http',
    },
    ...filled('queryStringParameters', http.query),
    ...filled('pathParameters', request.pathParameters),
    ...filled('stageVariables', request.stageVariables),
    requestContext: {
      accountId,
      apiId,
      ...(request.authorized && { authorizer: { iam: iamOf(request.principal, accountId, http.headers) } }),
      domainName: host,
      domainPrefix: apiId,
      http: {
        method: http.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: request.requestId,
      routeKey,
      stage,
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined for an answer API Gateway takes for malformed. A value without `statusCode` is the body of a 200. */
export const proxyAnswer = (value: unknown): HttpAnswer['http'] | undefined => {
  if (!isObject(value) || !('statusCode' in value))
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof value === 'string' ? value : JSON.stringify(value),
    };
  const { statusCode, headers = {}, isBase64Encoded = false, cookies = [] } = value;
  const body = value['body'] ?? '';
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (
    !isObject(headers) ||
    (typeof body !== 'string' && typeof body !== 'number' && typeof body !== 'boolean') ||
    !Array.isArray(cookies)
  )
    return undefined;
  if (cookies.length > 1)
    throw new AwsError('NotImplemented', 'NotImplemented: more than one cookie in the answer of a function', 501);
  const text = String(body);
  return {
    status,
    headers: {
      'content-type': isBase64Encoded === true ? 'application/octet-stream' : 'text/plain;charset=UTF-8',
      ...Object.fromEntries(Object.entries(headers).map(([name, entry]) => [name.toLowerCase(), String(entry)])),
      ...(cookies.length === 1 && { 'set-cookie': String(cookies[0]) }),
    },
    body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text,
  };
};

import * as z from 'zod';
import type { Table } from '../../journal/store.ts';
import { AwsError, type HttpAnswer, type Need, type World } from '../../operation.ts';

/** Records are the answers of the API (version 2, HTTP APIs), member for member; `apiId` is added to know whose they are. */
export interface Api {
  apiId: string;
  name: string;
  protocolType: 'HTTP';
  description?: string;
  apiEndpoint: string;
  routeSelectionExpression: string;
  /** ISO 8601, as this service writes its times. */
  createdDate: string;
  tags?: Record<string, string>;
}

export interface Stage {
  apiId: string;
  /** `$default` is served at the root, any other under its name. */
  stageName: string;
  autoDeploy: true;
  createdDate: string;
  stageVariables?: Record<string, string>;
}

export interface Integration {
  apiId: string;
  integrationId: string;
  integrationType: 'AWS_PROXY';
  /** ARN of a function. */
  integrationUri: string;
  payloadFormatVersion: '2.0';
  timeoutInMillis: number;
  connectionType: 'INTERNET';
}

export interface Route {
  apiId: string;
  routeId: string;
  /** `GET /runs/{id}`, `ANY /{proxy+}` or `$default`. */
  routeKey: string;
  /** `integrations/<integrationId>` */
  target: string;
  authorizationType: 'AWS_IAM' | 'NONE';
}

/** All parts of one API; keys are `<apiId>` and `<apiId>/<part's id>`. */
export interface ApiState {
  apis: Table<Api>;
  stages: Table<Stage>;
  integrations: Table<Integration>;
  routes: Table<Route>;
}

export const openApiState = (world: World): ApiState => ({
  apis: world.store.table<Api>('apigateway.apis'),
  stages: world.store.table<Stage>('apigateway.stages'),
  integrations: world.store.table<Integration>('apigateway.integrations'),
  routes: world.store.table<Route>('apigateway.routes'),
});

export const identifier = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9]+$/);

export const notFound = (what: string): AwsError =>
  new AwsError('NotFoundException', `Invalid ${what} identifier specified`, 404, { resourceType: what });

export const findApi = (state: ApiState, apiId: string): Api => {
  const api = state.apis.get(apiId);
  if (!api) throw notFound('API');
  return api;
};

/** The records of one API, in the order they were made. */
export const ofApi = <Part extends { apiId: string }>(table: Table<Part>, apiId: string): Part[] =>
  Array.from(table.values()).filter((part) => part.apiId === apiId);

/** API Gateway names its permissions after the HTTP method on the path of the resource. */
export const apiNeed = (world: World, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string): Need[] => [
  { action: `apigateway:${method}`, resource: `arn:${world.partition}:apigateway:${world.region}::/apis${path}` },
];

/** An output whose HTTP status is 201. */
export const created = <Output extends object>(output: Output): Output & HttpAnswer => ({
  ...output,
  http: { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) },
});

export const noContent: HttpAnswer = { http: { status: 204 } };

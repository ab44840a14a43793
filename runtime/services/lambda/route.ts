/** Lambda's REST paths (restJson1). */
import type { HttpRequest, Routed } from '../../operation.ts';

/** `METHOD suffix` of /<version>/functions/{FunctionName}<suffix>; the API versions differ by operation. */
const operations: Readonly<Record<string, string>> = {
  'GET 2015-03-31': 'GetFunction',
  'DELETE 2015-03-31': 'DeleteFunction',
  'PUT 2015-03-31/code': 'UpdateFunctionCode',
  'GET 2015-03-31/configuration': 'GetFunctionConfiguration',
  'PUT 2015-03-31/configuration': 'UpdateFunctionConfiguration',
  'POST 2015-03-31/invocations': 'Invoke',
  'GET 2015-03-31/policy': 'GetPolicy',
  'POST 2015-03-31/policy': 'AddPermission',
  'DELETE 2015-03-31/policy': 'RemovePermission',
  'GET 2019-09-25/event-invoke-config': 'GetFunctionEventInvokeConfig',
  'DELETE 2019-09-25/event-invoke-config': 'DeleteFunctionEventInvokeConfig',
  'PUT 2019-09-25/event-invoke-config': 'PutFunctionEventInvokeConfig',
  'PUT 2017-10-31/concurrency': 'PutFunctionConcurrency',
  'DELETE 2017-10-31/concurrency': 'DeleteFunctionConcurrency',
};

/** The same of /2018-10-31/layers/{LayerName}<suffix>; `/#` stands for a version's number. */
const layerOperations: Readonly<Record<string, string>> = {
  'GET /versions': 'ListLayerVersions',
  'POST /versions': 'PublishLayerVersion',
  'GET /versions/#': 'GetLayerVersion',
  'DELETE /versions/#': 'DeleteLayerVersion',
};

const collection: Readonly<Record<string, string>> = { GET: 'ListFunctions', POST: 'CreateFunction' };

const invokeHeaders: Readonly<Record<string, string>> = {
  'x-amz-invocation-type': 'InvocationType',
  'x-amz-log-type': 'LogType',
  'x-amz-client-context': 'ClientContext',
  'x-amz-durable-execution-name': 'DurableExecutionName',
  'x-amz-tenant-id': 'TenantId',
};

export const routeLambda = (request: HttpRequest): Routed | undefined => {
  const { method, path, query, headers } = request;
  if (path.startsWith('/2018-10-31/layers')) return routeLayers(request);
  const [version = '', functions, name, suffix, statement, ...rest] = path.replace(/^\/|\/$/g, '').split('/');
  if (functions !== 'functions' || rest.length > 0) return undefined;
  if (name === undefined) {
    const operation = version === '2015-03-31' ? collection[method] : undefined;
    return operation ? { operation, input: { ...query } } : undefined;
  }
  const operation = operations[`${method} ${version}${suffix === undefined ? '' : `/${suffix}`}`];
  if (!operation || (statement !== undefined) !== (operation === 'RemovePermission')) return undefined;
  const input: Record<string, unknown> = { ...query, FunctionName: decodeURIComponent(name) };
  if (statement !== undefined) input['StatementId'] = decodeURIComponent(statement);
  if (operation !== 'Invoke') return { operation, input };
  for (const [header, member] of Object.entries(invokeHeaders))
    if (headers[header] !== undefined) input[member] = headers[header];
  return { operation, input, payload: 'Payload' };
};

const routeLayers = ({ method, path, query }: HttpRequest): Routed | undefined => {
  const [, , , name, versions, version, ...rest] = path.replace(/\/$/, '').split('/');
  if (rest.length > 0) return undefined;
  if (name === undefined) {
    if (method !== 'GET') return undefined;
    return { operation: query['find'] === undefined ? 'ListLayers' : 'GetLayerVersionByArn', input: { ...query } };
  }
  const operation = layerOperations[`${method} /${versions}${version === undefined ? '' : '/#'}`];
  if (!operation) return undefined;
  const input = { ...query, LayerName: decodeURIComponent(name) };
  return { operation, input: version === undefined ? input : { ...input, VersionNumber: version } };
};

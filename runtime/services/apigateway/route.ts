/** API Gateway's REST paths (restJson1, version 2) and the address of the data plane. */
import type { HttpRequest, Routed } from '../../operation.ts';

const collections: Readonly<Record<string, { name: string; id: string }>> = {
  routes: { name: 'Route', id: 'routeId' },
  integrations: { name: 'Integration', id: 'integrationId' },
  stages: { name: 'Stage', id: 'stageName' },
};

const onApi: Readonly<Record<string, string>> = { GET: 'GetApi', PATCH: 'UpdateApi', DELETE: 'DeleteApi' };
const onApis: Readonly<Record<string, string>> = { GET: 'GetApis', POST: 'CreateApi' };

export const routeControlPlane = ({ method, path, query }: HttpRequest): Routed | undefined => {
  const [version, apis, apiId, collection, id, ...rest] = path.slice(1).split('/').map(decodeURIComponent);
  if (version !== 'v2' || apis !== 'apis' || rest.length > 0) return undefined;
  const to = (operation: string | undefined, input: Record<string, string> = {}): Routed | undefined =>
    operation === undefined ? undefined : { operation, input: { ...query, ...input } };
  if (apiId === undefined) return to(onApis[method]);
  if (collection === undefined) return to(onApi[method], { apiId });
  const part = Object.hasOwn(collections, collection) ? collections[collection] : undefined;
  if (!part) return undefined;
  if (id === undefined) return to({ GET: `Get${part.name}s`, POST: `Create${part.name}` }[method], { apiId });
  return to({ DELETE: `Delete${part.name}` }[method], { apiId, [part.id]: id });
};

/** `/execute-api/<apiId>/<path>` */
export const routeDataPlane = ({ method, path }: HttpRequest): Routed | undefined => {
  const [, apiId, rest = '/'] = /^\/execute-api\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  return apiId === undefined ? undefined : { operation: 'Invoke', input: { apiId, method, path: rest } };
};

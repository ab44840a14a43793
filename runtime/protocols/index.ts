import type { HttpRequest, Protocol, Service } from '../operation.ts';
import { awsJson } from './awsJson.ts';
import { awsQuery } from './awsQuery.ts';
import { restJson } from './restJson.ts';
import { restXml } from './restXml.ts';
import type { Wire } from './wire.ts';

const wires: Readonly<Record<Protocol, Wire>> = {
  'awsJson1.0': awsJson('1.0'),
  'awsJson1.1': awsJson('1.1'),
  awsQuery,
  restJson,
  restXml,
};

/** The format of a request to a known service; SageMaker speaks JSON by target and, for InvokeEndpoint, REST. */
export const wireOf = (service: Service, request: HttpRequest): Wire => {
  const byTarget = service.protocol.startsWith('awsJson');
  return byTarget && service.route && !request.headers['x-amz-target'] ? restJson : wires[service.protocol];
};

/** The best guess for a request whose service is unknown, so that its SDK can still read the error. */
export const guessWire = ({ headers, path }: HttpRequest): Wire => {
  if (headers['x-amz-target'])
    return wires[headers['content-type']?.includes('json-1.0') ? 'awsJson1.0' : 'awsJson1.1'];
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return awsQuery;
  return /^\/(?:\d{4}-\d\d-\d\d|execute-api|endpoints|schedules|v2)\//.test(path) ? restJson : restXml;
};

/** Which service a request is for, before anything in it is believed. */
import type { HttpRequest } from '../operation.ts';

/** What a signature says of itself: `Credential=<key>/<date>/<region>/<service>/aws4_request`. */
export interface Scope {
  accessKeyId: string;
  /** `yyyymmdd` */
  date: string;
  region: string;
  service: string;
}

const credential = /Credential=([^,\s]+)/;

const parseScope = (text: string | undefined): Scope | undefined => {
  const parts = text?.split('/') ?? [];
  const [accessKeyId, date, region, service, end] = parts;
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || parts.length !== 5) return undefined;
  return { accessKeyId, date, region, service };
};

/** The scope of a signed request, from its header or its query; undefined where there is none or it is malformed. */
export const scopeOf = ({ headers, query }: HttpRequest): Scope | undefined =>
  parseScope(headers['authorization'] ? credential.exec(headers['authorization'])?.[1] : query['X-Amz-Credential']);

/** True for requests to an HTTP API, whose own authorizers decide about unsigned callers. */
export const isApiPath = (path: string): boolean => path.startsWith('/execute-api/');

/** The name of the service a request is for, if it says so. */
export const serviceOf = (request: HttpRequest, scope: Scope | undefined): string | undefined =>
  isApiPath(request.path) ? 'execute-api' : scope?.service;

/** Which route of an HTTP API a request means (developer guide, "Create routes for HTTP APIs"). Pure. */
import { AwsError } from '../../operation.ts';
import type { Route } from './apiState.ts';

export interface RouteKey {
  /** `ANY` for every method. */
  method: string;
  segments: readonly Segment[];
  /** `/runs/{id}` */
  path: string;
}

type Segment = { kind: 'literal'; text: string } | { kind: 'variable' | 'greedy'; name: string };

export interface Match {
  route: Route;
  pathParameters: Record<string, string>;
}

const methods = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

const parseSegment = (text: string): Segment => {
  const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  return name === undefined ? { kind: 'literal', text } : { kind: plus ? 'greedy' : 'variable', name };
};

/** `GET /runs/{id}` in parts; undefined for `$default`. Throws BadRequestException. */
export const parseRouteKey = (routeKey: string): RouteKey | undefined => {
  if (routeKey === '$default') return undefined;
  const [, method = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(routeKey) ?? [];
  const segments = path.split('/').slice(1).map(parseSegment);
  const greedyInside = segments.slice(0, -1).some(({ kind }) => kind === 'greedy');
  const malformed = segments.some((segment) => segment.kind === 'literal' && /[{}]/.test(segment.text));
  if (!methods.has(method) || greedyInside || malformed)
    throw new AwsError(
      'BadRequestException',
      `The provided route key '${routeKey}' is not formatted properly for HTTP protocol. It should be formatted as "{METHOD} {path}" where METHOD is one of ${[...methods].join(', ')} and path is "/" or a series of segments, {variables} and at most one {greedy+} at its end, or "$default"`,
    );
  return { method, segments, path };
};

/** The values of a path's variables, or undefined where it does not fit. Segments come decoded. */
const fit = (pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | undefined => {
  const values: Record<string, string> = {};
  const greedy = pattern.at(-1)?.kind === 'greedy';
  if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  for (const [index, segment] of pattern.entries()) {
    const text = segments[index] ?? '';
    if (segment.kind === 'greedy') values[segment.name] = segments.slice(index).join('/');
    else if (segment.kind === 'variable' && text !== '') values[segment.name] = text;
    else if (segment.kind !== 'literal' || segment.text !== text) return undefined;
  }
  return values;
};

const ranks = { literal: '0', variable: '1', greedy: '2' };

/** Sorts the more specific route first: no greedy variable, then literals before variables, then a method before ANY. */
const rank = ({ method, segments }: RouteKey): string =>
  [
    segments.at(-1)?.kind === 'greedy' ? 1 : 0,
    segments.map(({ kind }) => ranks[kind]).join(''),
    method === 'ANY' ? 1 : 0,
  ].join(' ');

/** The most specific route for a method and a path of decoded segments; `$default` when none fits. */
export const matchRoute = (
  routes: readonly Route[],
  method: string,
  segments: readonly string[],
): Match | undefined => {
  const fitting = routes.flatMap((route) => {
    const key = parseRouteKey(route.routeKey);
    if (!key || (key.method !== 'ANY' && key.method !== method)) return [];
    const pathParameters = fit(key.segments, segments);
    return pathParameters ? [{ route, pathParameters, rank: rank(key) }] : [];
  });
  const [best] = fitting.toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
  if (best) return { route: best.route, pathParameters: best.pathParameters };
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  return fallback && { route: fallback, pathParameters: {} };
};

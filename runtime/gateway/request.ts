import type { IncomingMessage } from 'node:http';
import type { HttpRequest } from '../operation.ts';

const headersOf = (message: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
};

const queryOf = (rawQuery: string): Record<string, string> => {
  if (rawQuery === '') return {};
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQuery))
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value;
  return query;
};

/** The request as services see it; `firstRead` is called when the body is first asked for. */
export const toHttpRequest = (message: IncomingMessage, firstRead: () => void): HttpRequest => {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: queryOf(rawQuery),
    headers: headersOf(message),
    body: {
      async *[Symbol.asyncIterator]() {
        firstRead();
        // A reader that stops early must not take the connection with it: the answer still has to go out on it.
        const chunks: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false });
        for await (const chunk of chunks) yield chunk;
      },
    },
  };
};

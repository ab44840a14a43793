/** Answers on the wire. Siblings that call an operation through the dispatcher get its members alone. */
import type { Call, HttpAnswer } from '../../operation.ts';
import { escapeXml } from '../../protocols/xml.ts';
import { answerHeaders } from './objectHeaders.ts';
import type { S3State } from './state.ts';

const isoSeconds = (seconds: number) => new Date(seconds * 1000).toISOString();
const timeMembers = new Set(['LastModified', 'CreationDate', 'Initiated']);

const scalar = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

const render = (name: string, value: unknown): string => {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => render(name, item)).join('');
  if (typeof value === 'object' && value !== null) return `<${name}>${content(value)}</${name}>`;
  const text = typeof value === 'number' && timeMembers.has(name) ? isoSeconds(value) : scalar(value);
  return `<${name}>${escapeXml(text)}</${name}>`;
};

const content = (members: object): string =>
  Object.entries(members)
    .map(([name, value]) => render(name, value))
    .join('');

/** An XML document; a list repeats its element, as S3's flattened lists do. */
export const xmlDocument = (root: string, members: object): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content(members)}</${root}>`;

/** An answer that is all headers. */
export const headerAnswer = <Members extends object>(
  call: Call<S3State>,
  members: Members,
  status = 200,
): Members & Partial<HttpAnswer> =>
  call.http ? { ...members, http: { status, headers: answerHeaders(members) } } : members;

/** An answer with an XML body; `document` is its content where that differs from the members. */
export const xmlAnswer = <Members extends object>(
  call: Call<S3State>,
  members: Members,
  root: string,
  document: object = members,
  headers: Readonly<Record<string, string>> = {},
): Members & Partial<HttpAnswer> =>
  call.http
    ? {
        ...members,
        http: {
          status: 200,
          headers: { ...headers, 'content-type': 'application/xml' },
          body: xmlDocument(root, document),
        },
      }
    : members;

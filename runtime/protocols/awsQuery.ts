/**
 * awsQuery: a form in, XML out. Lists are `Tags.member.1.Key`, maps `Attributes.entry.1.key`; a form carries no types, so the
 * operation's grammar decides what is a number. On the way out nothing tells a map from a structure but the member's name.
 */
import { AwsError } from '../operation.ts';
import { readBody } from './body.ts';
import type { Wire } from './wire.ts';
import { element, escapeXml, isoTime } from './xml.ts';

const namespaces: Readonly<Record<string, string>> = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
};

/** Members whose value is a map in every query service of the runtime (SNS). */
const maps = new Set(['Attributes', 'MessageAttributes']);
/** Members that hold times, which are seconds here and ISO 8601 on this wire. */
const times = /(?:Date|Expiration|Timestamp|LastUsed)$/;

interface Node {
  text?: string;
  children: Map<string, Node>;
}

const maxDepth = 12;

const toTree = (form: URLSearchParams): Node => {
  const root: Node = { children: new Map() };
  for (const [name, text] of form) {
    const path = name.split('.');
    if (path.length > maxDepth)
      throw new AwsError(
        'MalformedInput',
        `The parameter ${name.slice(0, 80)} is nested deeper than ${maxDepth} levels`,
      );
    let node = root;
    for (const step of path) {
      let child = node.children.get(step);
      if (!child) node.children.set(step, (child = { children: new Map() }));
      node = child;
    }
    node.text = text;
  }
  return root;
};

const inOrder = (node: Node): Node[] =>
  [...node.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);

const entryOf = (node: Node): [string, unknown] => {
  const key = node.children.get('key') ?? node.children.get('Name');
  const value = node.children.get('value') ?? node.children.get('Value');
  return [key?.text ?? '', value ? fromTree(value) : ''];
};

const fromTree = (node: Node): unknown => {
  if (node.children.size === 0) return node.text ?? '';
  const list = node.children.get('member');
  // An empty list is sent as `Tags=`, or as `Tags.member=` by older clients.
  if (list && node.children.size === 1) return inOrder(list).map(fromTree);
  const map = node.children.get('entry');
  if (map && node.children.size === 1) return Object.fromEntries(inOrder(map).map(entryOf));
  return Object.fromEntries([...node.children].map(([name, child]) => [name, fromTree(child)]));
};

const render = (name: string, value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return element(name, value.map((item) => render('member', item)).join(''));
  if (value instanceof Uint8Array) return element(name, Buffer.from(value).toString('base64'));
  if (typeof value === 'number' && times.test(name)) return element(name, isoTime(value));
  if (typeof value === 'string') return element(name, escapeXml(value));
  if (typeof value !== 'object') return element(name, JSON.stringify(value));
  if (maps.has(name))
    return element(
      name,
      Object.entries(value)
        .map(([key, item]) => element('entry', element('key', escapeXml(key)) + render('value', item)))
        .join(''),
    );
  return element(name, members(value));
};

const members = (value: object): string =>
  Object.entries(value)
    .map(([name, item]) => render(name, item))
    .join('');

const headers = { 'content-type': 'text/xml' };

export const awsQuery: Wire = {
  async parse(request) {
    const body = await readBody(request.body);
    const form = new URLSearchParams(body.length > 0 ? body.toString('utf8') : request.rawQuery);
    const operation = form.get('Action');
    if (!operation) throw new AwsError('MissingAction', 'The request has no parameter Action');
    for (const name of Array.from(form.keys()))
      if (name === 'Action' || name === 'Version' || name.startsWith('X-Amz-')) form.delete(name);
    const tree = toTree(form);
    const input = Object.fromEntries([...tree.children].map(([name, node]) => [name, fromTree(node)]));
    return { operation, input, textual: true };
  },
  output(output, { service, operation, requestId }) {
    const result = element(`${operation}Result`, members(output ?? {}));
    const metadata = element('ResponseMetadata', element('RequestId', requestId));
    const body = `<${operation}Response xmlns="${namespaces[service] ?? ''}">${result}${metadata}</${operation}Response>`;
    return { status: 200, headers, body };
  },
  error({ code, status, message, members: more }, { service, requestId }) {
    const type = element('Type', status < 500 ? 'Sender' : 'Receiver');
    const error = element(
      'Error',
      type + element('Code', code) + element('Message', escapeXml(message)) + members(more),
    );
    const body = `<ErrorResponse xmlns="${namespaces[service] ?? ''}">${error}${element('RequestId', requestId)}</ErrorResponse>`;
    return { status, headers, body };
  },
};

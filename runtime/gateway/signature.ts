/**
 * AWS Signature Version 4, the verifying side: canonical request → string to sign → HMAC chain. Written out here because the
 * SDK's signer only signs: it would have to be fed a request rebuilt from the wire, and it knows no chunk signatures.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../operation.ts';
import type { Scope } from './detect.ts';

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** S3 signs the path as it is sent; the others normalise it and encode what is encoded already once more. */
const canonicalPath = (path: string, service: string): string => {
  if (service === 's3') return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.map(encode).join('/')}${end}`;
};

const canonicalQuery = (rawQuery: string): string =>
  rawQuery
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => {
      const mark = pair.indexOf('=');
      const [name, value] = mark < 0 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
      return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))] as const;
    })
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** What a signature covers beside the request itself. */
export interface Claim {
  scope: Scope;
  /** `yyyymmddThhmmssZ` */
  timestamp: string;
  /** Lower-case names, sorted. */
  signedHeaders: readonly string[];
  signature: string;
}

const scopeText = ({ date, region, service }: Scope) => `${date}/${region}/${service}/aws4_request`;

/** The signature the holder of the key would have made; throws URIError on a malformed query. */
export const expectedSignature = (request: HttpRequest, claim: Claim, payloadHash: string, key: Buffer): string => {
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  const canonical = [
    request.method,
    canonicalPath(request.path, claim.scope.service),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    claim.signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  return signText(key, ['AWS4-HMAC-SHA256', claim.timestamp, scopeText(claim.scope), sha256(canonical)]);
};

const signText = (key: Buffer, lines: readonly string[]): string => hmac(key, lines.join('\n')).toString('hex');

/** The signature of one chunk of a signed stream; `previous` is the signature of the chunk before, or of the request. */
export const chunkSignature = (key: Buffer, claim: Claim, previous: string, dataHash: string): string =>
  signText(key, ['AWS4-HMAC-SHA256-PAYLOAD', claim.timestamp, scopeText(claim.scope), previous, sha256(''), dataHash]);

/** The signature of the trailers behind the last chunk. */
export const trailerSignature = (key: Buffer, claim: Claim, previous: string, trailerHash: string): string =>
  signText(key, ['AWS4-HMAC-SHA256-TRAILER', claim.timestamp, scopeText(claim.scope), previous, trailerHash]);

export const sameSignature = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

const keys = new Map<string, Buffer>();
const keysKept = 500;

/** The key derived from a secret for one day, region and service; derived once, as it costs four HMACs. */
export const signingKey = (secret: string, { date, region, service }: Scope): Buffer => {
  const name = `${secret}/${date}/${region}/${service}`;
  const known = keys.get(name);
  if (known) return known;
  if (keys.size >= keysKept) keys.clear();
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
  keys.set(name, key);
  return key;
};

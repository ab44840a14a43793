/** The body as services read it: free of framing, and ending with an error if it is not what its headers and trailers claim. */
import { createHash } from 'node:crypto';
import { AwsError, type HttpRequest } from '../operation.ts';
import { digests, type Digest } from './checksum.ts';
import { unframe } from './chunked.ts';
import type { Claim } from './signature.ts';

const streaming = /^STREAMING-(AWS4-HMAC-SHA256|UNSIGNED)-PAYLOAD(-TRAILER)?$/;

async function* withHash(body: AsyncIterable<Uint8Array>, claimed: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of body) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== claimed.toLowerCase())
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
}

/** `claims` is read when the body has ended: trailers arrive behind it. */
async function* withDigests(
  body: AsyncIterable<Uint8Array>,
  names: readonly string[],
  claims: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  const running = names.flatMap((name): [string, Digest][] => {
    const digest = digests[name];
    return digest ? [[name, digest()]] : [];
  });
  for await (const piece of body) {
    for (const [, digest] of running) digest.update(piece);
    yield piece;
  }
  for (const [name, digest] of running) {
    if (claims[name] === undefined)
      throw new AwsError('MalformedTrailerError', `The request announced the trailer ${name} and did not send it.`);
    if (claims[name] !== digest.result())
      throw new AwsError(
        'BadDigest',
        `The ${name.replace('x-amz-checksum-', '').toUpperCase()} you specified did not match the calculated checksum.`,
      );
  }
}

const decodedLength = (headers: Readonly<Record<string, string>>): number => {
  const text = headers['x-amz-decoded-content-length'];
  if (!text || !/^\d{1,15}$/.test(text))
    throw new AwsError('MissingContentLength', 'You must provide the x-amz-decoded-content-length HTTP header.', 411);
  return Number(text);
};

/**
 * The request with a body that verifies itself while it is read. Trailers appear among `headers` when the body has ended;
 * `content-length` and `content-encoding` become those of the data. `signed` is absent for unsigned requests.
 */
export const verifiedBody = (
  request: HttpRequest,
  payloadHash: string,
  signed: { key: Buffer; claim: Claim } | undefined,
): HttpRequest => {
  const frames = streaming.exec(payloadHash);
  const headers: Record<string, string> = { ...request.headers };
  let { body } = request;
  if (frames) {
    const length = decodedLength(headers);
    const isSigned = frames[1] !== 'UNSIGNED';
    const trailer = (name: string, value: string) => {
      if (announced.includes(name)) headers[name] = value;
    };
    body = unframe(body, { length, trailer, ...(isSigned && signed && { signed }) });
    headers['content-length'] = String(length);
    const rest = (headers['content-encoding'] ?? '').split(',').filter((coding) => coding.trim() !== 'aws-chunked');
    if (rest.join('').trim() === '') delete headers['content-encoding'];
    else headers['content-encoding'] = rest.join(',').trim();
  } else if (/^[0-9a-fA-F]{64}$/.test(payloadHash)) body = withHash(body, payloadHash);
  else if (payloadHash !== 'UNSIGNED-PAYLOAD')
    throw new AwsError(
      'InvalidArgument',
      `x-amz-content-sha256 must be a SHA-256, UNSIGNED-PAYLOAD or STREAMING-…; got '${payloadHash}'`,
    );
  // Elsewhere than in an upload such headers speak of the object, not of this body (CompleteMultipartUpload).
  const announced = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const claimed = Object.keys(digests).filter(
    (name) =>
      (frames && announced.includes(name)) || (name in headers && (request.method === 'PUT' || name === 'content-md5')),
  );
  return { ...request, headers, body: claimed.length > 0 ? withDigests(body, claimed, headers) : body };
};

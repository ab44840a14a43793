/**
 * Removes aws-chunked framing: `<hex size>[;chunk-signature=<hex>]\r\n<data>\r\n` … `0[;…]\r\n<trailers>\r\n`.
 * Data flows on before its chunk is complete; a wrong signature ends the stream with an error, so whoever stores the data
 * must keep it only when the stream ended well.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../operation.ts';
import { chunkSignature, sameSignature, sha256, trailerSignature, type Claim } from './signature.ts';

export interface Framing {
  /** Absent for STREAMING-UNSIGNED-PAYLOAD-TRAILER. */
  signed?: { key: Buffer; claim: Claim };
  /** `x-amz-decoded-content-length` */
  length: number;
  /** Told of each trailer, in order, before the stream ends. */
  trailer(name: string, value: string): void;
}

const longestLine = 4096;

const malformed = (what: string) =>
  new AwsError('IncompleteBody', `The aws-chunked request body is malformed: ${what}`, 400);

const wrongSignature = (what: string) =>
  new AwsError('SignatureDoesNotMatch', `The signature of ${what} does not match the signature provided.`, 403);

const reader = (source: AsyncIterable<Uint8Array>) => {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const { value, done } = await iterator.next();
    if (done) throw malformed('it ends before its last chunk');
    const next = Buffer.from(value.buffer, value.byteOffset, value.length);
    held = held.length > 0 ? Buffer.concat([held, next]) : next;
  };
  return {
    async line(): Promise<string> {
      for (;;) {
        const end = held.indexOf('\r\n');
        if (end >= 0) {
          const line = held.toString('latin1', 0, end);
          held = held.subarray(end + 2);
          return line;
        }
        if (held.length > longestLine) throw malformed(`a line is longer than ${longestLine} bytes`);
        await more();
      }
    },
    /** At least one and at most `max` bytes. */
    async take(max: number): Promise<Buffer> {
      while (held.length === 0) await more();
      const piece = held.subarray(0, max);
      held = held.subarray(max);
      return piece;
    },
    /** Reads to the end of the source, so that the connection can be used again. */
    async drain(): Promise<void> {
      while (!(await iterator.next()).done);
    },
  };
};

const header = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/;

/** The data in the frames; throws AwsError where framing, length or a signature is wrong. */
export async function* unframe(source: AsyncIterable<Uint8Array>, framing: Framing): AsyncGenerator<Buffer> {
  const { signed } = framing;
  const input = reader(source);
  let previous = signed?.claim.signature ?? '';
  let total = 0;
  for (;;) {
    const line = await input.line();
    const [, hexSize, signature] = header.exec(line) ?? [];
    if (hexSize === undefined || (signed && !signature)) throw malformed(`'${line.slice(0, 80)}' is no chunk header`);
    const size = Number.parseInt(hexSize, 16);
    total += size;
    if (total > framing.length) throw malformed(`it holds more than the ${framing.length} bytes announced`);
    const hash = signed && createHash('sha256');
    for (let left = size; left > 0;) {
      const piece = await input.take(left);
      left -= piece.length;
      hash?.update(piece);
      yield piece;
    }
    if (signed && hash && signature) {
      const expected = chunkSignature(signed.key, signed.claim, previous, hash.digest('hex'));
      if (!sameSignature(expected, signature)) throw wrongSignature('a chunk');
      previous = signature;
    }
    if (size === 0) break;
    if ((await input.line()) !== '') throw malformed('a chunk does not end with an empty line');
  }
  if (total !== framing.length) throw malformed(`it holds ${total} bytes, ${framing.length} were announced`);
  await readTrailers(input, framing, previous);
  await input.drain();
}

const readTrailers = async (input: ReturnType<typeof reader>, framing: Framing, previous: string) => {
  const { signed } = framing;
  let canonical = '';
  let signature: string | undefined;
  for (let line = await input.line(); line !== ''; line = await input.line()) {
    const mark = line.indexOf(':');
    if (mark < 1) throw malformed(`'${line.slice(0, 80)}' is no trailer`);
    const name = line.slice(0, mark).trim().toLowerCase();
    const value = line.slice(mark + 1).trim();
    if (name === 'x-amz-trailer-signature') signature = value;
    else {
      canonical += `${name}:${value}\n`;
      framing.trailer(name, value);
    }
  }
  if (signed && canonical !== '') {
    const expected = trailerSignature(signed.key, signed.claim, previous, sha256(canonical));
    if (!signature || !sameSignature(expected, signature)) throw wrongSignature('the trailers');
  }
};

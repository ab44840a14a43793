/** Takes in the bytes of an object or a part: to a file, while their digests are computed. */
import * as z from 'zod';
import { AwsError, type Call } from '../../operation.ts';
import type { Blob } from './blobs.ts';
import {
  bodyDigests,
  checkDigest,
  checksumAlgorithms,
  checksumHeader,
  checksumMember,
  type Checksum,
} from './checksums.ts';
import { notImplemented } from './errors.ts';
import type { S3State } from './state.ts';

export type Body = Uint8Array | AsyncIterable<Uint8Array>;

const isBody = (it: unknown): it is Body =>
  it instanceof Uint8Array || (typeof it === 'object' && it !== null && Symbol.asyncIterator in it);

/** Members that carry a body and what the client says of it. */
export const bodyMembers = {
  Body: z.custom<Body>(isBody, { message: 'Member must be bytes or an async iterable of bytes' }).optional(),
  ContentLength: z.number().int().min(0).optional(),
  ContentMD5: z.string().optional(),
  ChecksumAlgorithm: z.enum(checksumAlgorithms).optional(),
  ChecksumCRC32: z.string().optional(),
  ChecksumCRC32C: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumSHA1: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
};

const bodyInput = z.object(bodyMembers);
type BodyInput = z.infer<typeof bodyInput>;

export interface Received {
  blob: Blob;
  etag: string;
  checksum: Checksum | undefined;
}

/** 5 GiB, the limit of one PUT. */
export const largestPut = 5 * 2 ** 30;

/** The checksum the client announced: by its value, by a trailer, or by naming the algorithm. */
const announcedChecksum = ({ http }: Call<S3State>, input: BodyInput) => {
  const trailer = http?.headers['x-amz-trailer'];
  const given = checksumAlgorithms.find(
    (algorithm) => input[checksumMember(algorithm)] !== undefined || trailer === checksumHeader(algorithm),
  );
  if (trailer !== undefined && !given)
    throw notImplemented(`the trailer ${trailer}; known are ${checksumAlgorithms.map(checksumHeader).join(', ')}`);
  return given ?? input.ChecksumAlgorithm;
};

async function* chunksOf(body: Body | undefined): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else if (body) yield* body;
}

const tooLarge = () =>
  new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
    MaxSizeAllowed: largestPut,
  });

/**
 * Writes the body to a file and checks it against everything the client announced. The file is recorded by nothing yet.
 * Headers and trailers of a request were checked by the gateway when the body has ended; what came as a member without such a
 * header (a presigned URL, a sibling service) is checked here. Throws BadDigest, IncompleteBody, EntityTooLarge.
 */
export const receive = async (call: Call<S3State>, input: BodyInput): Promise<Received> => {
  const { blobs } = call.state;
  const { ContentLength: length, ContentMD5 } = input;
  const algorithm = announcedChecksum(call, input);
  if (length !== undefined && length > largestPut) throw tooLarge();
  if (ContentMD5 !== undefined && Buffer.from(ContentMD5, 'base64').length !== 16)
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  const header = algorithm && checksumHeader(algorithm);
  const isVerified = () => header !== undefined && call.http?.headers[header] !== undefined;
  const isAwaited = header !== undefined && call.http?.headers['x-amz-trailer'] === header;
  const digests = bodyDigests(isVerified() || isAwaited ? undefined : algorithm);
  let size = 0;
  const blob = await blobs.write(chunksOf(input.Body), (chunk) => {
    size += chunk.length;
    if (size > largestPut) throw tooLarge();
    digests.update(chunk);
  });
  try {
    if (length !== undefined && length !== size)
      throw new AwsError(
        'IncompleteBody',
        `You did not provide the number of bytes specified by the Content-Length HTTP header: ${length} announced, ${size} received`,
      );
    const { etag, md5, checksum } = digests.result();
    checkDigest('Content-MD5', ContentMD5, md5);
    const verified = header === undefined ? undefined : call.http?.headers[header];
    if (algorithm && verified !== undefined) return { blob, etag, checksum: { Algorithm: algorithm, Value: verified } };
    if (algorithm) checkDigest(checksumHeader(algorithm), input[checksumMember(algorithm)], checksum?.Value);
    return { blob, etag, checksum };
  } catch (error) {
    blobs.discard(blob);
    throw error;
  }
};

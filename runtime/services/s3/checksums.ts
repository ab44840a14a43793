/** The digests kept with an object: the MD5 its ETag is made of, and the checksum its client chose. */
import { createHash } from 'node:crypto';
import { digests } from '../../gateway/checksum.ts';
import { AwsError } from '../../operation.ts';

/** The algorithms of `x-amz-checksum-*`. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** A checksum as it is kept with an object. */
export interface Checksum {
  Algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-<number of parts>`. */
  Value: string;
}

/** The member of inputs and outputs that carries a checksum: `ChecksumCRC32`. */
export const checksumMember = (algorithm: ChecksumAlgorithm) => `Checksum${algorithm}` as const;

/** The header that carries it: `x-amz-checksum-crc32`. */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** A checksum as members of an output; nothing where there is none. */
export const checksumMembers = (checksum: Checksum | undefined): Record<string, string> =>
  checksum ? { [checksumMember(checksum.Algorithm)]: checksum.Value } : {};

/** A digest in progress; its result is base64. */
export const digestOf = (algorithm: ChecksumAlgorithm) => {
  const make = digests[checksumHeader(algorithm)];
  if (!make) throw new Error(`The gateway computes no ${algorithm}`);
  return make();
};

/** The digests of one body: MD5 always, for the ETag, and the checksum that is asked for. */
export const bodyDigests = (algorithm: ChecksumAlgorithm | undefined) => {
  const md5 = createHash('md5');
  const checksum = algorithm && digestOf(algorithm);
  return {
    update(chunk: Uint8Array) {
      md5.update(chunk);
      checksum?.update(chunk);
    },
    result() {
      const bytes = md5.digest();
      const sum: Checksum | undefined = algorithm && checksum && { Algorithm: algorithm, Value: checksum.result() };
      return { etag: bytes.toString('hex'), md5: bytes.toString('base64'), checksum: sum };
    },
  };
};

/** ETag of a multipart object: the MD5 of its parts' MD5s and their number. */
export const multipartEtag = (etags: readonly string[]): string => {
  const md5 = createHash('md5');
  for (const etag of etags) md5.update(Buffer.from(etag, 'hex'));
  return `${md5.digest('hex')}-${etags.length}`;
};

/** The composite checksum of a multipart object: the checksum of its parts' checksums. */
export const compositeChecksum = (algorithm: ChecksumAlgorithm, parts: readonly string[]): Checksum => {
  const digest = digestOf(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return { Algorithm: algorithm, Value: `${digest.result()}-${parts.length}` };
};

/** Throws BadDigest where a computed checksum is not the announced one. */
export const checkDigest = (name: string, announced: string | undefined, computed: string | undefined): void => {
  if (announced === undefined || announced === computed) return;
  throw new AwsError(
    'BadDigest',
    `The ${name} you specified did not match the calculated checksum: expected ${announced}, computed ${computed ?? 'none'}.`,
  );
};

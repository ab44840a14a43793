/** The digests an S3 request may claim for its body. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface Digest {
  update(data: Uint8Array): void;
  /** Base64, most significant byte first. */
  result(): string;
}

const hashed = (algorithm: string) => (): Digest => {
  const hash = createHash(algorithm);
  return { update: (data) => void hash.update(data), result: () => hash.digest('base64') };
};

const fromZlib = (): Digest => {
  let value = 0;
  return {
    update: (data) => void (value = crc32(data, value)),
    result: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
};

// Reflected CRCs over 64 bits held as two halves: JavaScript's integers end at 32 bits and BigInt is a hundred times slower.
const tableOf = (polyHigh: number, polyLow: number): { high: Uint32Array; low: Uint32Array } => {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | ((h & 1) << 31);
      h >>>= 1;
      if (odd) {
        h ^= polyHigh;
        l ^= polyLow;
      }
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { high, low };
};

const crcByTable = (polyHigh: number, polyLow: number, width: 4 | 8) => {
  let tables: { high: Uint32Array; low: Uint32Array } | undefined;
  return (): Digest => {
    const { high, low } = (tables ??= tableOf(polyHigh, polyLow));
    let [h, l] = [width === 8 ? -1 : 0, -1];
    return {
      update(data) {
        for (const byte of data) {
          const at = (l ^ byte) & 255;
          l = ((l >>> 8) | (h << 24)) ^ (low[at] ?? 0);
          h = (h >>> 8) ^ (high[at] ?? 0);
        }
      },
      result() {
        const bytes = Buffer.alloc(8);
        bytes.writeUInt32BE(~h >>> 0, 0);
        bytes.writeUInt32BE(~l >>> 0, 4);
        return bytes.subarray(8 - width).toString('base64');
      },
    };
  };
};

/** By the header that claims it. Castagnoli's and NVMe's polynomials are given bit-reflected. */
export const digests: Readonly<Record<string, () => Digest>> = {
  'content-md5': hashed('md5'),
  'x-amz-checksum-crc32': fromZlib,
  'x-amz-checksum-crc32c': crcByTable(0, 0x82f63b78, 4),
  'x-amz-checksum-crc64nvme': crcByTable(0x9a6c9329, 0xac4bc9b5, 8),
  'x-amz-checksum-sha1': hashed('sha1'),
  'x-amz-checksum-sha256': hashed('sha256'),
};

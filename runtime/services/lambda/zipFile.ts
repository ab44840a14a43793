/** Reads zip archives by their central directory (APPNOTE.TXT 4.3.12 to 4.3.16): stored and deflated files, no encryption, no Zip64. */
import { promisify } from 'node:util';
import { crc32, inflateRaw, type ZlibOptions } from 'node:zlib';

export interface ZipEntry {
  path: string;
  /** Bytes of the content, as the directory says. */
  size: number;
  /** Rejects when the content is not what the directory says. */
  content: () => Promise<Uint8Array>;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;
const longestComment = 0xffff;
const encrypted = 1;
/** Bytes; zlib refuses a smaller one. */
const smallestChunk = 64;
const utf8Names = 1 << 11;

const inflate = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw);

const contentOf: Readonly<Record<number, (data: Buffer, size: number) => Promise<Uint8Array>>> = {
  0: async (data) => data,
  // One chunk with room to spare: a large file is then written once, and its end seen at once.
  8: (data, size) => inflate(data, { maxOutputLength: Math.max(size, 1), chunkSize: size + smallestChunk }),
};

/** The entries of an archive, folders (paths that end in a slash) included. Throws Error when it is none. */
export const zipEntries = (zip: Uint8Array): ZipEntry[] => {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = endRecord(bytes);
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const signature = bytes.readUInt32LE(at);
    if (signature !== entrySignature) throw new Error(`no entry at byte ${at} of the zip file`);
    const nameEnd = at + entryBytes + bytes.readUInt16LE(at + 28);
    entries.push(entryAt(bytes, at, nameEnd));
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
};

const endRecord = (bytes: Buffer): number => {
  const first = Math.max(0, bytes.length - endBytes - longestComment);
  for (let at = bytes.length - endBytes; at >= first; at--) if (bytes.readUInt32LE(at) === endSignature) return at;
  throw new Error('the file is no zip file: it has no end of a central directory');
};

const entryAt = (bytes: Buffer, at: number, nameEnd: number): ZipEntry => {
  const flags = bytes.readUInt16LE(at + 8);
  const read = contentOf[bytes.readUInt16LE(at + 10)];
  const checksum = bytes.readUInt32LE(at + 16);
  const packed = bytes.readUInt32LE(at + 20);
  const size = bytes.readUInt32LE(at + 24);
  const local = bytes.readUInt32LE(at + 42);
  const path = bytes.toString(flags & utf8Names ? 'utf8' : 'latin1', at + entryBytes, nameEnd);
  if (!read || flags & encrypted) throw new Error(`${path} is neither stored nor deflated, or is encrypted`);
  return {
    path,
    size,
    async content() {
      const begin = local + localBytes + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      const content = await read(bytes.subarray(begin, begin + packed), size);
      if (content.byteLength !== size || crc32(content) !== checksum) throw new Error(`${path} is damaged`);
      return content;
    },
  };
};

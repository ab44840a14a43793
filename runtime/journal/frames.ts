/**
 * How records lie in a log file: length, CRC-32 of the payload (both unsigned 32-bit little endian), payload. A record that was
 * cut off or half overwritten fails its length or its checksum, so reading stops exactly where the last whole record ended.
 */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Length and checksum in front of every record. */
export const headerBytes = 8;

/** No record is larger (bytes); a bigger length can only be garbage. */
export const largestRecord = 2 ** 28;

/** One record as it stands in the file. */
export const frame = (record: Uint8Array | string): Buffer => {
  const size = typeof record === 'string' ? Buffer.byteLength(record) : record.length;
  if (size > largestRecord)
    throw new RangeError(`A log record holds at most ${largestRecord} bytes; this one has ${size}`);
  const bytes = Buffer.allocUnsafe(headerBytes + size);
  if (typeof record === 'string') bytes.write(record, headerBytes);
  else bytes.set(record, headerBytes);
  bytes.writeUInt32LE(size, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(headerBytes)), 4);
  return bytes;
};

/** The whole records of a file from its start, each with the offset just behind it; ends before the first that is not whole. */
export async function* frames(file: FileHandle): AsyncGenerator<{ record: Buffer; end: number }> {
  let held: Buffer = Buffer.alloc(0);
  let end = 0;
  let readTo = 0;
  const need = async (bytes: number): Promise<boolean> => {
    while (held.length < bytes) {
      const chunk = Buffer.allocUnsafe(Math.max(1 << 20, bytes - held.length));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, readTo);
      if (bytesRead === 0) return false;
      readTo += bytesRead;
      held = held.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([held, chunk.subarray(0, bytesRead)]);
    }
    return true;
  };
  while (held.length >= headerBytes || (await need(headerBytes))) {
    const size = held.readUInt32LE(0);
    const total = headerBytes + size;
    if (size > largestRecord || !(held.length >= total || (await need(total)))) return;
    const record = held.subarray(headerBytes, total);
    if (crc32(record) !== held.readUInt32LE(4)) return;
    held = held.subarray(total);
    end += total;
    yield { record, end };
  }
}

/** The record whose header is at `place`; throws when there is none. */
export const frameAt = async (file: FileHandle, place: number): Promise<Buffer> => {
  const header = Buffer.alloc(headerBytes);
  const { bytesRead } = await file.read(header, 0, headerBytes, place);
  const size = header.readUInt32LE(0);
  if (bytesRead === headerBytes && size <= largestRecord) {
    const record = Buffer.alloc(size);
    const read = await file.read(record, 0, size, place + headerBytes);
    if (read.bytesRead === size && crc32(record) === header.readUInt32LE(4)) return record;
  }
  throw new Error(`The log has no whole record at ${place}`);
};

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

const tooLarge = (size: number) =>
  new RangeError(`A log record holds at most ${largestRecord} bytes; this one has ${size}`);

/** A batch keeps a buffer of at most this many bytes when it is emptied. */
const keptBytes = 2 ** 23;

/** Records that are written together, framed one behind the other in one buffer that is used again and again. */
export interface Batch {
  readonly size: number;
  add(record: Uint8Array | string | readonly string[]): void;
  /** Valid until the batch is cleared or added to. */
  bytes(): Uint8Array;
  clear(): void;
}

export const openBatch = (): Batch => {
  let buffer = Buffer.allocUnsafeSlow(2 ** 16);
  let size = 0;
  const reserve = (at: number, bytes: number) => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const put = (text: string, at: number): number => {
    // No character takes more than three bytes, and counting costs as much as writing.
    if (at + 3 * text.length > buffer.length) reserve(at, Buffer.byteLength(text));
    return at + buffer.write(text, at);
  };
  return {
    get size() {
      return size;
    },
    add(record) {
      const start = size + headerBytes;
      reserve(size, headerBytes);
      let end = start;
      if (typeof record === 'string') end = put(record, start);
      else if (record instanceof Uint8Array) {
        reserve(start, record.length);
        buffer.set(record, start);
        end = start + record.length;
      } else for (const piece of record) end = put(piece, end);
      if (end - start > largestRecord) throw tooLarge(end - start);
      buffer.writeUInt32LE(end - start, size);
      buffer.writeUInt32LE(crc32(buffer.subarray(start, end)), size + 4);
      size = end;
    },
    bytes: () => buffer.subarray(0, size),
    clear() {
      size = 0;
      if (buffer.length > keptBytes) buffer = Buffer.allocUnsafeSlow(2 ** 16);
    },
  };
};

/** One record as it stands in the file. */
export const frame = (record: Uint8Array | string): Buffer => {
  const size = typeof record === 'string' ? Buffer.byteLength(record) : record.length;
  if (size > largestRecord) throw tooLarge(size);
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

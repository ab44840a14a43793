/** Items of a Parquet file, one group of rows after the other. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { parquetMetadataAsync, parquetReadObjects, type Compressors } from 'hyparquet';
import type { Json } from '../json.ts';

/** A file of which parts are read. */
export interface Parts {
  byteLength: number;
  part(start: number, end: number): Promise<Uint8Array>;
}

const mostBytes = 5 * 1024 ** 3;
const mostGroupBytes = 256 * 1024 ** 2;
const mostFooterBytes = 5 * 1024 ** 2;
/** The footer's length and `PAR1` stand at the very end. */
const tailBytes = 8;

/** Snappy is known to the reader itself. */
const compressors: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  ZSTD: (bytes) => decompress(bytes),
};

const jsonOf = (value: unknown): Json => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonOf(inner)]));
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
};

/** Rows as objects: whole numbers too large for JSON are texts, times ISO 8601 texts, bytes base64. */
export async function* parquetItems(parts: Parts): AsyncGenerator<Json> {
  const { byteLength } = parts;
  if (byteLength > mostBytes) throw new Error(`The Parquet file is larger than ${mostBytes} bytes.`);
  const tail = await parts.part(Math.max(0, byteLength - tailBytes), byteLength);
  const footer = tail.length < tailBytes ? 0 : new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (footer > mostFooterBytes && Buffer.from(tail.subarray(4)).toString() === 'PAR1')
    throw new Error(`The footer of the Parquet file is larger than ${mostFooterBytes} bytes.`);
  const file = {
    byteLength,
    async slice(start: number, end = byteLength) {
      const bytes = await parts.part(start, end);
      return Uint8Array.from(bytes).buffer;
    },
  };
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    if (Number(group.total_byte_size) > mostGroupBytes)
      throw new Error(`A row group of the Parquet file is larger than ${mostGroupBytes} bytes.`);
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    for (const row of rows) yield jsonOf(row);
    rowStart = rowEnd;
  }
}

import { AwsError } from '../operation.ts';

/** Bodies that are held in memory: above every documented payload limit of the JSON and query services (6 MiB for Lambda). */
export const memoryLimit = 16 * 1024 * 1024;

/** The whole body; throws RequestEntityTooLargeException (413) above `limit` bytes. */
export const readBody = async (body: AsyncIterable<Uint8Array>, limit = memoryLimit): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit)
      throw new AwsError('RequestEntityTooLargeException', `Request must be smaller than ${limit} bytes`, 413);
    chunks.push(chunk);
  }
  return chunks.length === 1 && Buffer.isBuffer(chunks[0]) ? chunks[0] : Buffer.concat(chunks, size);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON object; an empty body is `{}`. Throws SerializationException. */
export const parseJsonObject = (body: Buffer): Record<string, unknown> => {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    const error = new AwsError('SerializationException', `The request body is not JSON: ${String(cause)}`);
    error.cause = cause;
    throw error;
  }
  if (!isRecord(value)) throw new AwsError('SerializationException', 'The request body must be a JSON object');
  return value;
};

/** JSON with blobs as base64, as every AWS JSON format writes them. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, rendered: unknown) {
    const original = this[key];
    return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : rendered;
  }) ?? '{}';

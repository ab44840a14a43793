/** Small documents and streams of the one bucket. */
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';
import { isAws } from './awsErrors.ts';

interface Found {
  text: string;
  versionId?: string;
}

/** The text of an object, of its present or of one `version`, or undefined when there is none. `maxBytes` bounds what is read into memory. */
export const readText = (key: string, maxBytes = 64 * 2 ** 20, version?: string): Promise<Found | undefined> =>
  read(key, version, async ({ Body, ContentLength = 0 }) => {
    if (ContentLength > maxBytes) throw new RangeError(`${key} has ${ContentLength} bytes; the limit is ${maxBytes}.`);
    return (await Body?.transformToString('utf-8')) ?? '';
  });

/** The same, but of a larger object its first bytes, one more than `maxBytes`: enough to refuse it for its size. */
export const readStart = (key: string, maxBytes: number, version?: string): Promise<Found | undefined> =>
  read(key, version, async ({ Body }) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    // Leaving the loop closes the stream.
    for await (const piece of (Body ?? []) as AsyncIterable<Uint8Array>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxBytes) break;
    }
    return Buffer.concat(pieces).toString('utf8', 0, Math.min(bytes, maxBytes + 1));
  });

const read = async (
  key: string,
  version: string | undefined,
  textOf: (object: GetObjectCommandOutput) => Promise<string>,
): Promise<Found | undefined> => {
  try {
    const object = await open(key, version);
    const text = await textOf(object);
    return object.VersionId ? { text, versionId: object.VersionId } : { text };
  } catch (error) {
    if (isAws(error, ['NoSuchKey', 'NoSuchVersion', 'NotFound'])) return undefined;
    throw error;
  }
};

/** What is known of an object without reading it, or undefined when there is none. */
export const headOf = async (Key: string): Promise<HeadObjectCommandOutput | undefined> => {
  try {
    return await s3().send(new HeadObjectCommand({ Bucket: environment('BUCKET_NAME'), Key }));
  } catch (error) {
    if (isAws(error, ['NotFound', 'NoSuchKey'])) return undefined;
    throw error;
  }
};

/** A document that an earlier step of the run wrote. Throws Error when it is not there or not of the schema. */
export const readDocument = async <Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.infer<Schema>> => {
  const found = await readText(key);
  if (!found) throw new Error(`${key} is missing from the bucket although an earlier step wrote it.`);
  return schema.parse(JSON.parse(found.text));
};

export const writeDocument = (key: string, document: unknown) =>
  write(key, `${JSON.stringify(document, null, 1)}\n`, 'application/json');

export const write = async (key: string, body: string | Uint8Array, contentType = 'text/csv') => {
  await s3().send(
    new PutObjectCommand({ Bucket: environment('BUCKET_NAME'), Key: key, Body: body, ContentType: contentType }),
  );
};

/** Writes JSON text unless the object is there already, or somebody else is writing it: whoever comes first decides. */
export const writeOnce = async (key: string, json: string) => {
  try {
    await s3().send(
      new PutObjectCommand({
        Bucket: environment('BUCKET_NAME'),
        Key: key,
        Body: json,
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
  } catch (error) {
    if (!isAws(error, ['PreconditionFailed', 'ConditionalRequestConflict'])) throw error;
  }
};

/** The object's stream. */
export const open = (key: string, versionId?: string): Promise<GetObjectCommandOutput> =>
  s3().send(new GetObjectCommand({ Bucket: environment('BUCKET_NAME'), Key: key, VersionId: versionId }));

export const uriOf = (key: string) => `s3://${environment('BUCKET_NAME')}/${key}`;

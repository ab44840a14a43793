import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { runIdOf } from '../spec/names.ts';
import type { Clients } from './clients.ts';
import { UsageError } from './usageError.ts';

export interface Dropped {
  key: string;
  versionId: string;
  /** The run that the drop starts: derived from pipeline, key and version, as the trigger derives it. */
  runId: string;
}

/** The size of a file in bytes. Throws UsageError when it cannot be read. */
export const sizeOf = async (path: string): Promise<number> => {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`${path} is not a file that can be read.`);
  return found.size;
};

/** Throws UsageError when `path` is no file that can be read. */
export const readableFile = async (path: string) => {
  const found = await stat(path).catch(() => undefined);
  const readable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!found?.isFile() || !readable) throw new UsageError(`${path} is not a file that can be read.`);
  return found;
};

/** Streams a file to drop/<pipeline>/. Throws UsageError when it cannot be read. */
export const dropFile = async (clients: Clients, bucket: string, pipeline: string, path: string): Promise<Dropped> => {
  const uploaded = await upload(clients, bucket, `drop/${pipeline}`, path);
  const { key, versionId } = uploaded;
  return { ...uploaded, runId: runIdOf(pipeline, bucket, key, versionId, '') };
};

/** Streams a file into a folder of the bucket. Throws UsageError when it cannot be read. */
export const upload = async (
  { s3 }: Clients,
  bucket: string,
  folder: string,
  path: string,
): Promise<Omit<Dropped, 'runId'>> => {
  const size = await sizeOf(path);
  const key = `${folder}/${basename(path)}`;
  const { VersionId } = await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      // An empty stream has no chunk to sign.
      Body: size === 0 ? '' : createReadStream(path),
      ContentLength: size,
      ContentType: 'text/csv',
    }),
  );
  if (!VersionId) throw new Error(`The bucket ${bucket} gave the object no version: it must be versioned.`);
  return { key, versionId: VersionId };
};

/** An object of text, such as a pipeline file or a document of a run, if there is one. */
export const readText = async ({ s3 }: Clients, bucket: string, key: string): Promise<string | undefined> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString('utf-8');
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
};

export const writePipelineFile = async ({ s3 }: Clients, bucket: string, key: string, text: string) => {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/yaml' }));
};

/** Reading and writing S3 as a job's role, through the dispatcher like any caller. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { Principal, World } from '../../operation.ts';
import { notImplemented } from './failures.ts';

export interface S3Location {
  bucket: string;
  /** A key or a prefix; empty for the whole bucket. */
  key: string;
}

/** S3 as one principal sees it. */
export interface S3As {
  world: World;
  principal: Principal;
}

/** Takes an `s3://bucket/key` apart; `member` names the input it came from in the error. */
export const parseS3Uri = (uri: string, member: string): S3Location => {
  const [, scheme, bucket = '', key = ''] = /^(https|s3):\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  if (scheme !== 's3') throw notImplemented(`${member} '${uri}'`, 'give an s3://bucket/key URI');
  return { bucket, key };
};

/** `s3://bucket/prefix` and a name, joined by one slash. */
export const s3Join = (uri: string, ...names: string[]): string => [uri.replace(/\/+$/, ''), ...names].join('/');

const listPage = z.looseObject({
  Contents: z.array(z.looseObject({ Key: z.string() })).optional(),
  IsTruncated: z.boolean().optional(),
  NextContinuationToken: z.string().optional(),
});

const withBody = z.looseObject({
  Body: z.custom<AsyncIterable<Uint8Array>>((body) => typeof body === 'object' && body !== null),
});

/** Every key under the prefix in key order, without the empty objects that stand for folders. */
export async function* listKeys({ world, principal }: S3As, { bucket, key }: S3Location): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const input = { Bucket: bucket, Prefix: key, ...(token !== undefined && { ContinuationToken: token }) };
    const answer = listPage.parse(await world.call(principal, 's3', 'ListObjectsV2', input));
    for (const { Key } of answer.Contents ?? []) if (!Key.endsWith('/')) yield Key;
    token = answer.IsTruncated ? answer.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** The bytes of an object. */
export const readObject = async ({ world, principal }: S3As, { bucket, key }: S3Location) => {
  return withBody.parse(await world.call(principal, 's3', 'GetObject', { Bucket: bucket, Key: key })).Body;
};

/** Throws what S3 says when the principal cannot see the object. */
export const checkObject = async ({ world, principal }: S3As, { bucket, key }: S3Location): Promise<void> => {
  await world.call(principal, 's3', 'HeadObject', { Bucket: bucket, Key: key });
};

/** Writes an object into a file, whose folders are made. */
export const download = async (as: S3As, from: S3Location, path: string, signal?: AbortSignal): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(await readObject(as, from), createWriteStream(path), { ...(signal && { signal }) });
};

/** Writes a file into an object. */
export const upload = async ({ world, principal }: S3As, path: string, to: S3Location): Promise<void> => {
  const Body = createReadStream(path);
  try {
    await world.call(principal, 's3', 'PutObject', { Bucket: to.bucket, Key: to.key, Body });
  } finally {
    Body.destroy();
  }
};

/** Which objects an S3DataSource names, and where each belongs below the folder that receives them. */
import { isAbsolute, normalize, sep } from 'node:path';
import * as z from 'zod';
import { JobFailure } from './failures.ts';
import { listKeys, parseS3Uri, readObject, type S3As, type S3Location } from './s3Objects.ts';

export interface InputObject extends S3Location {
  /** Relative path below the channel's folder or the output prefix; never leaves it. */
  path: string;
}

export interface S3DataSource {
  S3DataType: 'S3Prefix' | 'ManifestFile';
  S3Uri: string;
}

/** A manifest is a list of keys; AWS allows far longer ones, but not in one piece of memory. */
const manifestLimit = 16 * 1024 * 1024;

const manifestGrammar = z.tuple([z.object({ prefix: z.string() })], z.string());

/** `prefix` of a key by which a listing found it is left out: all of it if it names a folder or an object. */
const below = (prefix: string, key: string): string => {
  if (key === prefix) return key.slice(key.lastIndexOf('/') + 1);
  if (prefix !== '' && !prefix.endsWith('/') && key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1);
  return key.slice(prefix.lastIndexOf('/') + 1);
};

/** Keys are any text: one that would not stay below its folder is refused. */
const safe = (path: string, key: string): string => {
  const plain = normalize(path);
  if (path === '' || path.includes('\0') || isAbsolute(plain) || plain.split(sep).includes('..') || plain === '.')
    throw new JobFailure(`ClientError: Data download failed: the key '${key}' does not name a file below its prefix`);
  return plain;
};

const readManifest = async (as: S3As, at: S3Location): Promise<z.infer<typeof manifestGrammar>> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await readObject(as, at)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > manifestLimit) throw new JobFailure(`ClientError: the manifest is larger than ${manifestLimit} bytes`);
  }
  try {
    return manifestGrammar.parse(JSON.parse(Buffer.concat(chunks).toString()));
  } catch (cause) {
    const message = `ClientError: s3://${at.bucket}/${at.key} is not a manifest: expected [{"prefix": "s3://…/"}, "key", …]`;
    throw new JobFailure(message, { cause });
  }
};

/** The objects in the order they are processed: key order for a prefix, the given order for a manifest. */
export async function* inputObjects(as: S3As, { S3DataType, S3Uri }: S3DataSource): AsyncGenerator<InputObject> {
  const at = parseS3Uri(S3Uri, 'S3Uri');
  if (S3DataType === 'S3Prefix') {
    for await (const key of listKeys(as, at)) yield { bucket: at.bucket, key, path: safe(below(at.key, key), key) };
    return;
  }
  const [{ prefix }, ...names] = await readManifest(as, at);
  for (const name of names) {
    const object = parseS3Uri(`${prefix}${name}`, 'manifest prefix');
    yield { ...object, path: safe(name, object.key) };
  }
}

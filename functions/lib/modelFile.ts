/** One file of a training job's model.tar.gz, read without unpacking the rest, and bounded: the archive is the job's work. */
import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { readObject } from './objectStream.ts';

/** Bytes: of the file, and of what is unpacked until it is found. */
interface Bounds {
  file: number;
  unpacked: number;
}

const usual: Bounds = { file: 64 * 2 ** 20, unpacked: 2 ** 30 };

/** The bytes of a file of the archive at `key`. Throws RangeError when it is not there, too large, or the archive is none. */
export const readModelFile = async (key: string, name: string, bounds = usual): Promise<Uint8Array> => {
  // What S3 says is not the archive's fault.
  let fault: Error | undefined;
  const source = async function* () {
    try {
      yield* readObject(key);
    } catch (error) {
      fault = error as Error;
      throw error;
    }
  };
  try {
    return await fileOf(source(), name, bounds);
  } catch (cause) {
    if (fault) throw fault;
    if (cause instanceof RangeError) throw cause;
    throw new RangeError(`model.tar.gz is not a readable archive: ${(cause as Error).message}`, { cause });
  }
};

const fileOf = async (source: AsyncIterable<Uint8Array>, name: string, bounds: Bounds): Promise<Uint8Array> => {
  const tar = extract();
  const unpacking = pipeline(source, createGunzip(), upTo(bounds.unpacked), tar);
  // Its failure ends the walk, too; who leaves the walk early makes it fail.
  unpacking.catch(() => undefined);
  try {
    for await (const entry of tar) {
      const { name: own, type, size } = entry.header;
      if (type !== 'file' || posix.normalize(own) !== name) {
        entry.resume();
        continue;
      }
      if (size > bounds.file) throw new RangeError(`${name} has ${size} bytes; up to ${bounds.file} are read`);
      return await buffer(entry);
    }
    throw new RangeError(`model.tar.gz has no file ${name}`);
  } finally {
    await Promise.allSettled([unpacking]);
  }
};

const upTo = (limit: number) =>
  async function* (chunks: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw new RangeError(`model.tar.gz holds more than ${limit} bytes`);
      yield chunk;
    }
  };

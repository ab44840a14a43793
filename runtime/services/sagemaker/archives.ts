/** model.tar.gz and output.tar.gz: packed the same way every time, unpacked without leaving the folder. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack, type Header } from 'tar-stream';
import { JobFailure, told } from './failures.ts';

/** Unpacked size (bytes) and number of entries beyond which an archive is taken for a bomb. */
const unpackedLimit = 64 * 1024 ** 3;
const entryLimit = 100_000;

/** Paths of the files below a folder, relative, in order of their names; empty when there is no folder. */
export const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
};

/** Packs `files` of `folder`. Times, owners and modes are fixed: the same content is the same archive. */
export const packFiles = async (folder: string, files: readonly string[], archive: string): Promise<void> => {
  const tar = pack();
  const add = async () => {
    for (const file of files) {
      const path = join(folder, file);
      const { size } = await stat(path);
      const name = file.split(sep).join('/');
      const entry = tar.entry({ name, size, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 });
      await pipeline(createReadStream(path), entry);
    }
    tar.finalize();
  };
  await Promise.all([pipeline(tar, createGzip(), createWriteStream(archive)), add()]);
};

const targetOf = ({ name, type }: Header, folder: string): string | undefined => {
  const path = normalize(name);
  if (name.startsWith('/') || name.includes('\0') || path.split(sep).includes('..'))
    throw new JobFailure(`ClientError: the archive's entry '${name}' would leave the model folder`);
  if (type === 'directory') return undefined;
  if (type !== 'file' && type !== 'contiguous-file')
    throw new JobFailure(
      `ClientError: the archive's entry '${name}' is a ${type}; only files and folders are unpacked`,
    );
  return join(folder, path);
};

/** Unpacks a tar.gz into `folder`. Throws JobFailure when it is none, or holds links or paths that lead elsewhere. */
export const unpack = async (archive: string, folder: string, signal?: AbortSignal): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const tar = extract();
  const read = async () => {
    let bytes = 0;
    let entries = 0;
    for await (const entry of tar) {
      bytes += entry.header.size ?? 0;
      entries += 1;
      if (bytes > unpackedLimit || entries > entryLimit)
        throw new JobFailure(
          `ClientError: the archive holds more than ${unpackedLimit} bytes or ${entryLimit} entries`,
        );
      const target = targetOf(entry.header, folder);
      if (target === undefined) {
        entry.resume();
        continue;
      }
      await mkdir(dirname(target), { recursive: true });
      await pipeline(entry, createWriteStream(target));
    }
  };
  try {
    await Promise.all([
      pipeline(createReadStream(archive), createGunzip(), tar, { ...(signal && { signal }) }),
      read(),
    ]);
  } catch (cause) {
    if (cause instanceof JobFailure || signal?.aborted) throw cause;
    throw new JobFailure(`ClientError: the model archive is not a readable tar.gz: ${told(cause)}`, {
      cause,
    });
  }
};

/**
 * The bytes of objects and parts: immutable files named by random ids, never by keys. The order that makes writes safe:
 * write the file, sync it and its folder, then record it in the store. A crash in between leaves a file that nothing
 * records, which the sweep at the next start removes. Copies share a file; it goes when the last record of it goes.
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../operation.ts';

/** One file and its length in bytes. */
export interface Blob {
  Id: string;
  Size: number;
}

export interface Blobs {
  /** Writes the chunks to a new file, durably; `seen` is given every chunk before it is written. Throws what the body throws. */
  write(body: AsyncIterable<Uint8Array>, seen: (chunk: Uint8Array) => void): Promise<Blob>;
  /** The bytes from `start` up to but not including `end` of the files' concatenation. */
  read(content: readonly Blob[], start: number, end: number): AsyncGenerator<Uint8Array>;
  /** Counts one more record of each file. */
  retain(content: readonly Blob[]): void;
  /** Counts one record less; call it when the removal of the record is durable. */
  release(content: readonly Blob[]): void;
  /** Forgets a file that was written and never recorded. */
  discard(blob: Blob): void;
  /** Removes the files no record names. */
  sweep(): Promise<void>;
}

/** An answer may have been promised a file whose last record then went: it is read first and removed this much later. */
const graceMs = 60_000;
const readSize = 512 * 1024;

export const openBlobs = (world: World): Blobs => {
  const { dataDir, clock, ids } = world;
  const root = join(dataDir, 's3');
  const folderOf = (id: string) => join(root, id.slice(0, 2));
  const pathOf = (id: string) => join(folderOf(id), id);
  const records = new Map<string, number>();
  const readers = new Map<string, number>();
  const writing = new Set<string>();

  const isNeeded = (id: string) => records.has(id) || readers.has(id) || writing.has(id);
  const removeUnneeded = async (id: string) => {
    if (isNeeded(id)) return;
    try {
      await rm(pathOf(id), { force: true });
    } catch (error) {
      world.log('warn', 'the file of a deleted object could not be removed; the next start tries again', { id, error });
    }
  };
  const count = (counts: Map<string, number>, id: string, by: 1 | -1) => {
    const left = (counts.get(id) ?? 0) + by;
    if (left > 0) counts.set(id, left);
    else counts.delete(id);
  };
  const syncFolder = async (folder: string) => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };

  return {
    async write(body, seen) {
      const id = ids.hex(16);
      writing.add(id);
      try {
        if (await mkdir(folderOf(id), { recursive: true })) await syncFolder(root);
        const handle = await open(pathOf(id), 'wx');
        let size = 0;
        try {
          for await (const chunk of body) {
            seen(chunk);
            for (let done = 0; done < chunk.length;) done += (await handle.write(chunk, done)).bytesWritten;
            size += chunk.length;
          }
          await handle.sync();
        } finally {
          await handle.close();
        }
        await syncFolder(folderOf(id));
        return { Id: id, Size: size };
      } catch (error) {
        writing.delete(id);
        await removeUnneeded(id);
        throw error;
      }
    },
    async *read(content, start, end) {
      for (const { Id } of content) count(readers, Id, 1);
      try {
        let offset = 0;
        for (const { Id, Size } of content) {
          const from = Math.max(start - offset, 0);
          const to = Math.min(end - offset, Size);
          if (from < to) yield* createReadStream(pathOf(Id), { start: from, end: to - 1, highWaterMark: readSize });
          offset += Size;
        }
      } finally {
        for (const { Id } of content) {
          count(readers, Id, -1);
          if (!isNeeded(Id)) void removeUnneeded(Id);
        }
      }
    },
    retain(content) {
      for (const { Id } of content) {
        count(records, Id, 1);
        writing.delete(Id);
      }
    },
    release(content) {
      for (const { Id } of content) count(records, Id, -1);
      const gone = content.filter(({ Id }) => !isNeeded(Id));
      if (gone.length > 0) clock.alarm(clock.now() + graceMs, () => gone.forEach(({ Id }) => void removeUnneeded(Id)));
    },
    discard({ Id }) {
      writing.delete(Id);
      void removeUnneeded(Id);
    },
    async sweep() {
      await mkdir(root, { recursive: true });
      for (const folder of await readdir(root)) {
        if (!/^[0-9a-f]{2}$/.test(folder)) continue;
        for (const id of await readdir(join(root, folder))) await removeUnneeded(id);
      }
    },
  };
};

/**
 * An append-only log of records in one file, the ground everything durable stands on.
 * Order: `append` only queues; a writer takes all that is queued, writes it in one go, calls fdatasync once and then resolves
 * every `flushed()` that waited for it (group commit). After a failed write or sync nothing is promised any more: the
 * kernel may have dropped the pages, so every later call rejects with the first failure.
 */
import { constants } from 'node:fs';
import { open, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reached } from '../crashPoints.ts';
import { frame, frameAt, frames, headerBytes, openBatch } from './frames.ts';

export interface Log {
  /** Queues a record (text in pieces is one record) and returns its place for `read`; it will be written soon, and is durable when a later `flushed()` resolves. */
  append(record: Uint8Array | string | readonly string[]): number;
  /** Resolves when every record appended before the call would survive SIGKILL and power loss. */
  flushed(): Promise<void>;
  /** The records on disk in the order they were appended; what is appended meanwhile may or may not be among them. */
  replay(): AsyncIterable<Buffer>;
  /** The record at a place that `append` or `places` gave; places end with the next `rewrite`. */
  read(place: number): Promise<Buffer>;
  /** Like `replay`, each record with its place. */
  places(): AsyncIterable<{ record: Buffer; place: number }>;
  /**
   * Replaces the log by the records of `snapshot`, which must stand for everything appended until it is called; what is appended
   * later follows them. After a crash either the old or the new log is there. Rejects, like every later call, when it cannot be written.
   */
  rewrite(snapshot: () => Iterable<Uint8Array | string>): Promise<void>;
  /** Bytes in the file, queued ones included. */
  readonly size: number;
  /** Bytes cut off when the log was opened, because the last write had not been finished; they are kept in `<path>.torn`. */
  readonly torn: number;
  /** Nothing appended from now on is written before `other` resolves; when it rejects, nothing is. */
  after(other: Promise<void>): void;
  /** Flushes and closes the file. */
  close(): Promise<void>;
}

/** Writes all bytes from a position on, in as many calls as it takes. */
export const writeAll = async (file: FileHandle, bytes: Uint8Array, position: number) => {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
};

/** Makes a created, renamed or removed file's directory entry durable. */
export const syncFolder = async (path: string) => {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Cuts what follows the last whole record; returns where the log ends and how much was cut. */
const mend = async (file: FileHandle, path: string): Promise<{ end: number; torn: number }> => {
  let end = 0;
  for await (const { end: behind } of frames(file)) end = behind;
  const { size } = await file.stat();
  const torn = size - end;
  if (torn > 0) {
    const tail = Buffer.alloc(torn);
    await file.read(tail, 0, torn, end);
    await writeFile(`${path}.torn`, tail);
    await file.truncate(end);
    await file.sync();
  }
  return { end, torn };
};

/** Opens the log at `path` (its folder must exist), creating it when absent and cutting off an unfinished last write. */
export const openLog = async (path: string): Promise<Log> => {
  let file = await open(path, constants.O_RDWR | constants.O_CREAT);
  const { end, torn } = await mend(file, path);
  await syncFolder(path);
  let written = end;
  let queue = openBatch();
  let spare = openBatch();
  let appended = 0;
  let durable = 0;
  let failure: Error | undefined;
  let scheduled = false;
  let tail: Promise<void> = Promise.resolve();

  /** What is queued; the bytes hold until the next call, and one at a time is being written. */
  const take = () => {
    const batch = { bytes: queue.bytes(), upTo: appended };
    [queue, spare] = [spare, queue];
    queue.clear();
    return batch;
  };
  /** One at a time touches the file. */
  const exclusively = (act: () => Promise<void>) => {
    tail = tail
      .then(() => (failure ? undefined : act()))
      .catch((cause: unknown) => {
        failure = new Error(`The log ${path} can no longer be written; nothing later is durable`, { cause });
      });
    return tail;
  };
  const commit = async () => {
    scheduled = false;
    const batch = take();
    const at = written;
    written += batch.bytes.length;
    await writeAll(file, batch.bytes, at);
    reached('log.written');
    await file.datasync();
    reached('log.synced');
    durable = batch.upTo;
  };
  const flushed = async () => {
    if (durable < appended) await tail;
    if (failure) throw failure;
  };

  /** What is being read; the file is not closed before that is over. */
  const reading = new Set<Promise<Buffer>>();
  const recordAt = async (place: number) => {
    if (place >= written) await flushed();
    else if (durable < appended) await tail;
    return frameAt(file, place);
  };

  return {
    get size() {
      return written + queue.size;
    },
    torn,
    append(record) {
      if (failure) throw failure;
      const place = written + queue.size;
      queue.add(record);
      appended++;
      if (!scheduled) {
        scheduled = true;
        void exclusively(commit);
      }
      return place;
    },
    read(place) {
      const record = recordAt(place);
      reading.add(record);
      return record.finally(() => reading.delete(record));
    },
    async *places() {
      await flushed();
      for await (const { record, end } of frames(file)) yield { record, place: end - record.length - headerBytes };
    },
    flushed,
    async *replay() {
      await flushed();
      for await (const { record } of frames(file)) yield record;
    },
    async rewrite(snapshot) {
      await exclusively(async () => {
        const bytes = Buffer.concat(Array.from(snapshot(), frame));
        const { upTo } = take();
        const next = await open(`${path}.new`, 'w+');
        await writeAll(next, bytes, 0);
        await next.datasync();
        reached('log.rewritten');
        await rename(`${path}.new`, path);
        await syncFolder(path);
        reached('log.replaced');
        const old = file;
        file = next;
        written = bytes.length;
        durable = upTo;
        await old.close();
      });
      if (failure) throw failure;
    },
    after: (other) => void exclusively(() => other),
    async close() {
      try {
        await flushed();
      } finally {
        await Promise.allSettled(reading);
        await file.close();
      }
    },
  };
};

/**
 * A log in segments: files of bounded size, of which only the last is written. Each record belongs to an owner; when an owner is
 * released its records are garbage. A segment without any other is deleted, and when most of everything is garbage the sealed
 * segments are rewritten without it: the new file is written beside the old one, synced and renamed over it, so that a crash leaves one or the
 * other. Whatever becomes garbage, an owner's first record goes first: what is left of an owner without its first record means nothing, and
 * a beginning is never read without its end.
 */
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { reached } from '../crashPoints.ts';
import { frameAt, frames, headerBytes, openBatch } from './frames.ts';
import { openLog, syncFolder, writeAll, type Log } from './log.ts';

/** What owns the records. */
export interface Owners {
  /** The owner of a record; undefined when it is garbage. */
  ownerOf(record: Buffer): number | undefined;
  /** Records of these owners lie elsewhere now; `placeOf` answers the new place, or the old one of a record that was not moved. */
  moved(owners: ReadonlySet<number>, placeOf: (place: number) => number): void;
  /** Garbage could not be cleared away; nothing is lost but space. */
  report(error: unknown): void;
}

export interface Segments {
  /** Queues a record of an owner and returns its place; durable when a later `flushed` resolves. */
  append(record: string | readonly string[]): number;
  /** Behind the last record: after `append`, minus its place the record's bytes. */
  readonly end: number;
  flushed(): Promise<void>;
  read(place: number): Promise<Buffer>;
  /** All records in order with their bytes; those that have an owner must be claimed. To be read once, before anything else. */
  replay(): AsyncIterable<{ record: Buffer; place: number; bytes: number }>;
  claim(place: number, bytes: number): void;
  /** An owner's records are garbage from now on: segments and bytes in turn, that of its first record first. */
  release(spans: readonly number[]): void;
  /** Bytes on disk, queued ones included, and how many of them have an owner. */
  usage(): { bytes: number; live: number };
  /** Resolves when no garbage is being cleared away. */
  tidied(): Promise<void>;
  close(): Promise<void>;
}

interface Segment {
  bytes: number;
  live: number;
  /** Owners whose first record lies elsewhere and has to go first. */
  pins: number;
  /** Segments that are pinned by garbage in this one. */
  pinned: number[];
}

/** In bytes. */
export interface Sizes {
  /** After so many a new segment is begun. */
  segment: number;
  /** Less garbage is left where it is. */
  garbage: number;
}

const usual: Sizes = { segment: 64 * 2 ** 20, garbage: 4 * 2 ** 20 };

/** Sealed segments held open for reading. */
const mostReaders = 16;

/** A place is a segment's number and an offset in it. */
const stride = 2 ** 32;
export const segmentOf = (place: number): number => Math.floor(place / stride);

/** Reads of a sealed segment; a file is closed when its last read is over. */
const openReader = (path: string) => {
  const file = open(path, 'r');
  let reads = 0;
  let retired = false;
  const closeIfIdle = async () => {
    if (retired && reads === 0) await (await file).close();
  };
  return {
    async use<T>(act: (file: FileHandle) => Promise<T>): Promise<T> {
      reads++;
      try {
        return await act(await file);
      } finally {
        reads--;
        await closeIfIdle();
      }
    },
    retire() {
      retired = true;
      return closeIfIdle();
    },
  };
};
type Reader = ReturnType<typeof openReader>;

/** Opens the segments `<name>-000001.log`, … of a folder. */
export const openSegments = async (folder: string, name: string, owners: Owners, sizes = usual): Promise<Segments> => {
  const pathOf = (segment: number) => join(folder, `${name}-${String(segment).padStart(6, '0')}.log`);
  const found: number[] = [];
  for (const file of await readdir(folder)) {
    const [, number, unfinished] = /^(.*)-(\d{6,})\.log(\.new)?$/.exec(file)?.slice(1) ?? [];
    if (number === undefined || !file.startsWith(`${name}-`)) continue;
    if (unfinished === undefined) found.push(Number(number));
    else await rm(join(folder, file));
  }
  found.sort((a, b) => a - b);
  let current = found.at(-1) ?? 1;
  let active = await openLog(pathOf(current));
  /** The one before, until all of it is safe. */
  let leaving: Log | undefined;
  let rolling: Promise<void> | undefined;
  /** Settles when what is being cleared away has been. */
  let clearing = Promise.resolve();
  let working = false;
  let closing = false;
  const segments = new Map<number, Segment>();
  const readers = new Map<number, Reader>();
  /** The segment being written anew, as it was. */
  let former: { number: number; reader: Reader } | undefined;
  const fresh = (): Segment => ({ bytes: 0, live: 0, pins: 0, pinned: [] });
  segments.set(current, fresh());

  const report = (error: unknown) => owners.report(error);
  const segmentAt = (number: number): Segment => {
    const segment = segments.get(number);
    if (!segment) throw new Error(`The log ${join(folder, name)} has no segment ${number}`);
    return segment;
  };

  const roll = async () => {
    const next = await openLog(pathOf(current + 1));
    const old = active;
    segmentAt(current).bytes = old.size;
    leaving = old;
    active = next;
    // What follows must not be on disk before what it follows.
    next.after(old.flushed());
    segments.set(++current, fresh());
    await old.flushed();
    leaving = undefined;
    await old.close();
  };
  const rolled = () => (rolling ??= roll().finally(() => (rolling = undefined)));

  const readerOf = (number: number): Reader => {
    if (former?.number === number) return former.reader;
    const known = readers.get(number);
    if (known) readers.delete(number);
    const reader = known ?? openReader(pathOf(number));
    readers.set(number, reader);
    if (readers.size > mostReaders) {
      const [oldest] = readers.keys();
      if (oldest !== undefined) void retired(oldest);
    }
    return reader;
  };
  const retired = async (number: number) => {
    const reader = readers.get(number);
    readers.delete(number);
    await reader?.retire().catch(report);
  };

  const usage = () => {
    let bytes = 0;
    let live = 0;
    for (const [number, segment] of segments) {
      bytes += number === current ? active.size : segment.bytes;
      live += segment.live;
    }
    return { bytes, live };
  };
  const sealed = () =>
    [...segments].filter(([number]) => number < (leaving ? current - 1 : current)).toSorted(([a], [b]) => a - b);
  const removable = () => (closing ? undefined : sealed().find(([, { live, pins }]) => live === 0 && pins === 0)?.[0]);
  const mostlyGarbage = () => {
    const { bytes, live } = usage();
    return bytes - live > sizes.garbage && bytes > 2 * live;
  };

  const unpin = (pinned: readonly number[]) => {
    for (const number of pinned) {
      const segment = segments.get(number);
      if (segment) segment.pins--;
    }
  };
  const remove = async (number: number) => {
    const { pinned } = segmentAt(number);
    reached('segment.removing');
    await rm(pathOf(number));
    await syncFolder(pathOf(number));
    reached('segment.removed');
    segments.delete(number);
    await retired(number);
    unpin(pinned);
  };

  /** Copies what has an owner; where it was and where it is, in rising order. */
  const copy = async (source: FileHandle, target: FileHandle) => {
    const [from, to]: [number[], number[]] = [[], []];
    const seen = new Set<number>();
    const batch = openBatch();
    let bytes = 0;
    const put = async () => {
      await writeAll(target, batch.bytes(), bytes);
      bytes += batch.size;
      batch.clear();
    };
    for await (const { record, end } of frames(source)) {
      const owner = owners.ownerOf(record);
      if (owner === undefined) continue;
      seen.add(owner);
      from.push(end - record.length - headerBytes);
      to.push(bytes + batch.size);
      batch.add(record);
      if (batch.size > 2 ** 20) await put();
    }
    await put();
    return { from, to, seen, bytes };
  };
  /** Writes a segment anew without its garbage. */
  const rewrite = async (number: number) => {
    const segment = segmentAt(number);
    const { pinned } = segment;
    const path = pathOf(number);
    // Whoever reads meanwhile reads the old file by its old places.
    const reader = openReader(path);
    former = { number, reader };
    await retired(number);
    segment.pinned = [];
    try {
      const { from, to, seen, bytes } = await reader.use(async (source) => {
        const target = await open(`${path}.new`, 'w');
        try {
          const copied = await copy(source, target);
          await target.datasync();
          reached('segment.rewritten');
          await rename(`${path}.new`, path);
          await syncFolder(path);
          reached('segment.replaced');
          return copied;
        } finally {
          await target.close();
        }
      });
      former = undefined;
      segment.bytes = bytes;
      const base = number * stride;
      owners.moved(seen, (place) => {
        const at = segmentOf(place) === number ? indexIn(from, place - base) : -1;
        return at < 0 ? place : base + (to[at] ?? 0);
      });
      unpin(pinned);
    } catch (error) {
      segment.pinned.push(...pinned);
      throw error;
    } finally {
      former = undefined;
      await reader.retire();
    }
  };

  const tidyAll = async () => {
    for (let number = removable(); number !== undefined; number = removable()) await remove(number);
    if (closing || !mostlyGarbage()) return;
    await rolled();
    for (const [number, segment] of sealed()) {
      if (closing) return;
      if (segment.live < segment.bytes && segments.has(number)) await rewrite(number);
    }
    for (let number = removable(); number !== undefined; number = removable()) await remove(number);
  };
  const clear = async () => {
    try {
      await tidyAll();
      working = false;
      tidy();
    } catch (error) {
      working = false;
      report(error);
    }
  };
  function tidy() {
    if (closing || working || (removable() === undefined && !mostlyGarbage())) return;
    working = true;
    clearing = clear();
  }

  return {
    get end() {
      return current * stride + active.size;
    },
    append(record) {
      const place = current * stride + active.append(record);
      segmentAt(current).live += active.size - (place % stride);
      // What cannot be begun now is tried again with the next record.
      if (active.size > sizes.segment && !rolling) rolled().catch(report);
      return place;
    },
    async flushed() {
      await leaving?.flushed();
      await active.flushed();
    },
    read(place) {
      const number = segmentOf(place);
      const offset = place % stride;
      if (number === current) return active.read(offset);
      if (leaving && number === current - 1) return leaving.read(offset);
      segmentAt(number);
      return readerOf(number).use((file) => frameAt(file, offset));
    },
    async *replay() {
      for (const number of found) {
        const segment = segments.get(number) ?? fresh();
        segments.set(number, segment);
        const file = await open(pathOf(number), 'r');
        try {
          segment.bytes = (await file.stat()).size;
          for await (const { record, end } of frames(file)) {
            const bytes = record.length + headerBytes;
            yield { record, place: number * stride + end - bytes, bytes };
          }
        } finally {
          await file.close();
        }
      }
    },
    claim(place, bytes) {
      segmentAt(segmentOf(place)).live += bytes;
    },
    release(spans) {
      const [first = 0] = spans;
      for (let i = 0; i < spans.length; i += 2) {
        const number = spans[i] ?? 0;
        const segment = segmentAt(number);
        segment.live -= spans[i + 1] ?? 0;
        if (number === first) continue;
        segment.pins++;
        segmentAt(first).pinned.push(number);
      }
      tidy();
    },
    usage,
    async tidied() {
      for (let known; known !== clearing; await known) known = clearing;
    },
    async close() {
      closing = true;
      await clearing;
      await rolling?.catch(() => undefined);
      for (const number of readers.keys()) await retired(number);
      await leaving?.close();
      await active.close();
    },
  };
};

/** Where a value stands in a rising list; -1 when it does not. */
const indexIn = (rising: readonly number[], value: number): number => {
  let [low, high] = [0, rising.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = rising[middle] ?? 0;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

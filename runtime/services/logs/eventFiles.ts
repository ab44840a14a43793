/**
 * Log events on disk: one append-only file of JSON lines per stream, outside the store because of their volume. Names of
 * groups and streams are users' text, so files carry their hash: `<dataDir>/logs/<group>/<stream>.jsonl`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { World } from '../../operation.ts';

/** One event; times are epoch ms. The line number is its identity within the stream. */
export interface LogEvent {
  timestamp: number;
  ingestionTime: number;
  message: string;
}

/** What is known of a stream's events without reading them again. */
export interface Extent {
  firstEvent?: number;
  lastEvent?: number;
  lastIngestion?: number;
}

export interface EventFiles {
  append(group: string, stream: string, events: readonly LogEvent[]): Promise<void>;
  /** The events in the order they came, with their line numbers. */
  read(group: string, stream: string): AsyncIterable<LogEvent & { line: number }>;
  extent(group: string, stream: string): Promise<Extent>;
  removeGroup(group: string): Promise<void>;
  removeStream(group: string, stream: string): Promise<void>;
}

const fileName = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 32);

export const openEventFiles = (world: World): EventFiles => {
  const folderOf = (group: string) => join(world.dataDir, 'logs', fileName(group));
  const fileOf = (group: string, stream: string) => join(folderOf(group), `${fileName(stream)}.jsonl`);
  const extents = new Map<string, Extent>();
  /** Appends to one file follow each other; a failed one does not hold up the next. */
  const tails = new Map<string, Promise<void>>();

  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );

  const afterOthers = (path: string, work: () => Promise<void>): Promise<void> => {
    const done = (tails.get(path) ?? Promise.resolve()).then(work);
    const tail = done.catch(() => {});
    tails.set(path, tail);
    void tail.then(() => tails.get(path) === tail && tails.delete(path));
    return done;
  };

  const files: EventFiles = {
    append(group, stream, events) {
      const path = fileOf(group, stream);
      return afterOthers(path, async () => {
        const before = await files.extent(group, stream);
        await mkdir(folderOf(group), { recursive: true });
        await appendFile(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        extents.set(path, events.reduce(widened, before));
      });
    },
    async *read(group, stream) {
      const path = fileOf(group, stream);
      await tails.get(path);
      if (!(await exists(path))) return;
      let line = 0;
      const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
      for await (const text of lines) {
        const event = parsed(text);
        if (event) yield { ...event, line };
        line++;
      }
    },
    async extent(group, stream) {
      const path = fileOf(group, stream);
      const known = extents.get(path);
      if (known) return known;
      let extent: Extent = {};
      if (await exists(path)) {
        const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
        for await (const text of lines) {
          const event = parsed(text);
          if (event) extent = widened(extent, event);
        }
      }
      extents.set(path, extent);
      return extent;
    },
    async removeGroup(group) {
      const folder = folderOf(group);
      await rm(folder, { recursive: true, force: true });
      for (const path of extents.keys()) if (path.startsWith(join(folder, '/'))) extents.delete(path);
    },
    removeStream(group, stream) {
      const path = fileOf(group, stream);
      return afterOthers(path, async () => {
        extents.delete(path);
        await rm(path, { force: true });
      });
    },
  };
  return files;
};

/** A line torn by a crash is no event. */
const parsed = (text: string): LogEvent | undefined => {
  try {
    const event: LogEvent = JSON.parse(text);
    return event;
  } catch {
    return undefined;
  }
};

const widened = (extent: Extent, { timestamp, ingestionTime }: LogEvent): Extent => ({
  firstEvent: Math.min(extent.firstEvent ?? timestamp, timestamp),
  lastEvent: Math.max(extent.lastEvent ?? timestamp, timestamp),
  lastIngestion: ingestionTime,
});

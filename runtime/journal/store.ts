/**
 * Durable state of the services: named tables of JSON records in memory, kept by an append-only log.
 * A write is visible at once and durable when `flushed()` resolves; one fdatasync serves every write that waits (group commit).
 */
import * as z from 'zod';
import { openLog } from './log.ts';

export interface Table<Record> {
  get(key: string): Record | undefined;
  has(key: string): boolean;
  /** Keys in insertion order. */
  keys(): IterableIterator<string>;
  values(): IterableIterator<Record>;
  readonly size: number;
  /** The record is serialised at once: later changes to the object are not kept unless it is set again. */
  set(key: string, record: Record): void;
  delete(key: string): boolean;
}

export interface Store {
  /** The table of this name; made on first use. Names are `<service>.<plural>`: `sagemaker.trainingJobs`. */
  table<Record>(name: string): Table<Record>;
  /** Resolves when everything set or deleted before the call would survive SIGKILL and power loss. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

interface Entry<Record = unknown> {
  record: Record;
  /** Bytes of its line in the log. */
  size: number;
}

const lineGrammar = z.tuple([z.string(), z.string()], z.unknown());

/** The log is rewritten when it is this large (bytes) and most of it is history. */
const compactFrom = 4 * 1024 * 1024;
const compactRatio = 3;

/** A line of the log: table, key and the record's JSON; a line without a record is a deletion. */
const lineOf = (table: string, key: string, json?: string): string =>
  json === undefined
    ? `[${JSON.stringify(table)},${JSON.stringify(key)}]`
    : `[${JSON.stringify(table)},${JSON.stringify(key)},${json}]`;

/**
 * Opens the store kept in the log at `path`. What `get` answers is what a restart would answer: records pass through JSON on
 * their way in, so an `undefined` member or a Date is lost at once and not only after a crash.
 */
export const openStore = async (path: string): Promise<Store> => {
  const log = await openLog(path);
  const tables = new Map<string, Map<string, Entry>>();
  let live = 0;
  let compaction: Promise<void> | undefined;

  // A table's type is the word of the service that owns it: no other service opens it.
  // oxlint-disable-next-line typescript/no-explicit-any
  const entriesOf = (name: string): Map<string, Entry<any>> => {
    let entries = tables.get(name);
    if (!entries) tables.set(name, (entries = new Map()));
    return entries;
  };
  const put = (entries: Map<string, Entry>, key: string, record: unknown, size: number) => {
    live += size - (entries.get(key)?.size ?? 0);
    entries.set(key, { record, size });
  };
  const drop = (entries: Map<string, Entry>, key: string): boolean => {
    live -= entries.get(key)?.size ?? 0;
    return entries.delete(key);
  };

  for await (const line of log.replay()) {
    const [name, key, ...record] = lineGrammar.parse(JSON.parse(line.toString('utf8')));
    if (record.length > 0) put(entriesOf(name), key, record[0], line.length);
    else drop(entriesOf(name), key);
  }

  function* snapshot() {
    for (const [name, entries] of tables)
      for (const [key, { record }] of entries) yield lineOf(name, key, JSON.stringify(record));
  }
  const append = (line: string) => {
    log.append(line);
    if (compaction || log.size < compactFrom || log.size < compactRatio * live) return;
    // Whoever waits for `flushed` is told of a failure; without a waiter the log itself refuses the next append.
    compaction = log
      .rewrite(snapshot)
      .catch(() => {})
      .finally(() => (compaction = undefined));
  };

  return {
    table<Record>(name: string): Table<Record> {
      const entries = entriesOf(name);
      return {
        get: (key) => entries.get(key)?.record,
        has: (key) => entries.has(key),
        keys: () => entries.keys(),
        *values() {
          for (const { record } of entries.values()) yield record;
        },
        get size() {
          return entries.size;
        },
        set(key, record) {
          const json = JSON.stringify(record);
          if (json === undefined)
            throw new TypeError(`A record of ${name} must be JSON; '${key}' got ${typeof record}`);
          const line = lineOf(name, key, json);
          // As much as the log will count: characters are fewer than bytes.
          put(entries, key, JSON.parse(json), Buffer.byteLength(line));
          append(line);
        },
        delete(key) {
          const existed = drop(entries, key);
          if (existed) append(lineOf(name, key));
          return existed;
        },
      };
    },
    flushed: () => log.flushed(),
    async close() {
      await compaction;
      await log.close();
    },
  };
};

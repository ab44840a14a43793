/**
 * Durable state of the services: named tables of JSON records in memory, kept by an append-only log.
 * A write is visible at once and durable when `flushed()` resolves; one fdatasync serves every write that waits (group commit).
 */

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

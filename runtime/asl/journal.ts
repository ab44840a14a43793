/** What an engine writes down: every event of an execution with the history it brought about, before anything acts on it. */
import type { EngineEvent } from './execution.ts';
import { collecting, type Chronicle, type HistoryEvent } from './history.ts';

export interface Entry {
  event: EngineEvent;
  history: HistoryEvent[];
}

/** An entry while its turn goes on: the history is written into it as it happens. One that is not kept never was. */
export interface OpenEntry extends Chronicle {
  /** Keeps the entry; durable when a later `flushed` of the journal resolves. */
  keep(event: EngineEvent): void;
}

export interface Journal {
  /** Begins the next entry of the execution with this ARN, for what happens at `at` (epoch ms). */
  open(arn: string, at: number): OpenEntry;
  flushed(): Promise<void>;
  /** All entries of an execution in order. */
  entries(arn: string): AsyncIterable<Entry>;
}

/** An entry handed on as a whole when it is kept. */
export const collected = (at: number, keep: (entry: Entry) => void): OpenEntry => {
  const chronicle = collecting(at);
  return Object.assign(chronicle, {
    keep: (event: EngineEvent) => keep({ event, history: chronicle.events }),
  });
};

/** One entry written to two places, kept in the first one first. */
export const both = (first: OpenEntry, second: OpenEntry): OpenEntry => ({
  add(id, previous, type, details) {
    first.add(id, previous, type, details);
    second.add(id, previous, type, details);
  },
  keep(event) {
    first.keep(event);
    second.keep(event);
  },
});

/** A journal that forgets: for Express executions and for machines that are tried out. */
export const memoryJournal = (): Journal & { forget(arn: string): void } => {
  const kept = new Map<string, Entry[]>();
  return {
    open: (arn, at) =>
      collected(at, (entry) => {
        const entries = kept.get(arn);
        if (entries) entries.push(entry);
        else kept.set(arn, [entry]);
      }),
    flushed: () => Promise.resolve(),
    async *entries(arn) {
      yield* kept.get(arn) ?? [];
    },
    forget: (arn) => void kept.delete(arn),
  };
};

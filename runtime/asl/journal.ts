/** What an engine writes down: every event of an execution with the history it brought about, before anything acts on it. */
import type { EngineEvent } from './execution.ts';
import type { HistoryEvent } from './history.ts';

export interface Entry {
  event: EngineEvent;
  history: HistoryEvent[];
}

export interface Journal {
  /** Keeps an entry of the execution with this ARN; durable when a later `flushed` resolves. */
  append(arn: string, entry: Entry): void;
  flushed(): Promise<void>;
  /** All entries of an execution in order. */
  entries(arn: string): AsyncIterable<Entry>;
}

/** A journal that forgets: for Express executions and for machines that are tried out. */
export const memoryJournal = (): Journal & { forget(arn: string): void } => {
  const kept = new Map<string, Entry[]>();
  return {
    append(arn, entry) {
      const entries = kept.get(arn);
      if (entries) entries.push(entry);
      else kept.set(arn, [entry]);
    },
    flushed: () => Promise.resolve(),
    async *entries(arn) {
      yield* kept.get(arn) ?? [];
    },
    forget: (arn) => void kept.delete(arn),
  };
};

/** The events of GetExecutionHistory, written by the core as it goes. */
import { StatesError } from './errors.ts';
import type { Json } from './json.ts';
import type { Execution, Thread } from './execution.ts';

/** JSON members (input, output, parameters, …) are kept as values; the API turns them into text. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  /** Epoch milliseconds. */
  timestamp: number;
  type: string;
  details?: { [member: string]: Json | undefined };
}

/** A Standard execution has at most this many events; Express ones keep no history. */
export const historyLimit = 25_000;

/** Thrown when the history is full: nothing in the machine can catch it. */
export class HistoryFull extends StatesError {
  constructor() {
    super('States.Runtime', `The execution reached the maximum number of history events (${historyLimit}).`);
  }
}

/** Takes the events of a turn as they happen. */
export interface Chronicle {
  add(id: number, previous: number, type: string, details: HistoryEvent['details']): void;
}

/** Keeps the events as objects; `at` (epoch ms) is when all of them happen. */
export const collecting = (at: number): Chronicle & { events: HistoryEvent[] } => {
  const events: HistoryEvent[] = [];
  return {
    events,
    add(id, previousEventId, type, details) {
      events.push({ id, previousEventId, timestamp: at, type, ...(details && { details }) });
    },
  };
};

export interface Writer {
  execution: Execution;
  history: Chronicle;
}

/** Writes an event behind `previous`; the last place of a full history is kept for the end of the execution. */
export const write = (to: Writer, previous: number, type: string, details?: HistoryEvent['details']): number => {
  const { execution } = to;
  if (execution.events >= historyLimit - 1 && execution.identity.type === 'STANDARD' && !endsExecution(type))
    throw new HistoryFull();
  const id = ++execution.events;
  to.history.add(id, previous, type, details);
  return id;
};

const endsExecution = (type: string) => type.startsWith('Execution') && type !== 'ExecutionStarted';

/** Writes an event of a thread, which the thread's next event follows. */
export const record = (to: Writer, thread: Thread, type: string, details?: HistoryEvent['details']): number =>
  (thread.last = write(to, thread.last, type, details));

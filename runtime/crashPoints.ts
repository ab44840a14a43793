/**
 * The places where a crash is most likely to show what was not thought of: between writing down and acting, between acting and
 * hearing of it. In production nobody listens and a point is one call that does nothing; the crash test kills its process at each.
 */

/** Every point, in the order an execution meets them. */
export const crashPoints = [
  /** StartExecution: the first entry is queued for the journal, the caller knows nothing. */
  'execution.begun',
  /** An event and its history are queued for the journal, nothing was done about them. */
  'journal.appended',
  /** The log's bytes were handed to the system and not synced. */
  'log.written',
  /** The log is on disk, nobody who waits for it knows. */
  'log.synced',
  /** All that led to a task is safe; its call was not made. */
  'task.beforeCall',
  /** The call was answered; the answer is not journalled. */
  'task.afterCall',
  /** A task started another execution; the parent's journal does not say so. */
  'child.started',
  /** SendTaskSuccess or SendTaskFailure has been understood, nothing was written. */
  'token.accepted',
  /** The answer that a token brought is queued for the journal; the caller knows nothing. */
  'token.stored',
  /** A wait, a retry's delay or a time limit is over; nothing was written. */
  'timer.fired',
  /** The last entry of an execution is safe; nobody was told. */
  'execution.closed',
  /** A status event is on the bus; that it was told is not noted. */
  'event.emitted',
  /** After a restart: an execution was rebuilt, what it waits for is asked for again. */
  'execution.resumed',
] as const;

/** Where space is given back. */
export const clearingPoints = [
  /** A segment of the journal was written anew without its garbage and synced; the old one still stands. */
  'segment.rewritten',
  /** The new one has taken the old one's place; nobody knows. */
  'segment.replaced',
  /** A segment in which nothing but garbage is left is about to be deleted. */
  'segment.removing',
  /** It is deleted; nobody knows. */
  'segment.removed',
  /** A log without its history was written beside the old one and synced. */
  'log.rewritten',
  /** The new log has taken the old one's place; nobody knows. */
  'log.replaced',
] as const;

export type CrashPoint = (typeof crashPoints)[number] | (typeof clearingPoints)[number];

let listening: ((point: CrashPoint) => void) | undefined;

/** Calls back at every point that is reached from now on. For tests of this process's own death. */
export const listenAtCrashPoints = (listener: (point: CrashPoint) => void) => {
  listening = listener;
};

/** Marks a point in the code. */
export const reached = (point: CrashPoint) => listening?.(point);

/**
 * The only source of time in the runtime. Nothing under runtime/ calls Date.now, setTimeout or setInterval but this file,
 * so a test can let a month of waits pass in seconds.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `wake` once at or after `at` (epoch ms); returns how to cancel it. A pending alarm does not keep the process alive. */
  alarm(at: number, wake: () => void): () => void;
}

/** setTimeout counts in signed 32 bits: a longer wait is cut into laps. */
const longestTimeout = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  alarm(at, wake) {
    let timer: NodeJS.Timeout;
    const lap = () => {
      const left = at - Date.now();
      timer = setTimeout(left > longestTimeout ? lap : wake, Math.min(Math.max(left, 0), longestTimeout));
      timer.unref();
    };
    lap();
    return () => clearTimeout(timer);
  },
};

/** Resolves at or after `ms` milliseconds from now; rejects with the signal's reason when aborted. */
export const sleep = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = clock.alarm(clock.now() + ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });

/** A clock that stands still until a test moves it; alarms ring in order of their time. */
export interface TestClock extends Clock {
  /** Moves to `at` (epoch ms), ringing every alarm on the way and letting promises settle after each. */
  advanceTo(at: number): Promise<void>;
  /** Moves forward by `ms`. */
  advance(ms: number): Promise<void>;
  /** The time of the next alarm, if one is set. */
  next(): number | undefined;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export const testClock = (start = 1_750_000_000_000): TestClock => {
  let now = start;
  let alarms: { at: number; wake: () => void }[] = [];
  const earliest = () => alarms.reduce((best, a) => (best && best.at <= a.at ? best : a), alarms[0]);
  const clock: TestClock = {
    now: () => now,
    alarm(at, wake) {
      const entry = { at, wake };
      alarms.push(entry);
      return () => {
        alarms = alarms.filter((a) => a !== entry);
      };
    },
    next: () => earliest()?.at,
    advance: (ms) => clock.advanceTo(now + ms),
    async advanceTo(at) {
      await settle();
      for (let due = earliest(); due && due.at <= at; due = earliest()) {
        const ring = due;
        alarms = alarms.filter((a) => a !== ring);
        now = Math.max(now, ring.at);
        ring.wake();
        await settle();
      }
      now = Math.max(now, at);
    },
  };
  return clock;
};

/**
 * One time for a whole process, runtime and functions alike, that leaps over whatever nobody is at work in: it runs as real
 * time does while something is under way and jumps to the next alarm when nothing is.
 */
import type { Clock } from '../../runtime/clock.ts';

const RealDate = Date;

/** Real milliseconds. */
const tick = 3;
/** Work takes a part of its real time, so that a busy machine makes nobody late. */
const pace = 0.1;
/**
 * How many turns of the event loop nothing must have happened before time leaps, for what is on its way to the disk is
 * nobody's alarm. A leap that would cut off whoever is late asks for more.
 */
const quiet = (leap: number) => (leap > 30_000 ? 30 : 4);

export interface VirtualTime {
  clock: Clock;
  /** Something happened: time does not leap just now. */
  stir(): void;
  /** Resolves after so many virtual milliseconds. */
  wait(ms: number): Promise<void>;
  stop(): void;
}

/** Takes the place of Date in this process; `busy` says whether somebody is at work. */
export const startVirtualTime = (busy: () => boolean): VirtualTime => {
  let leapt = 0;
  let still = 0;
  const began = RealDate.now();
  const now = () => Math.floor(began + (RealDate.now() - began) * pace + leapt);
  globalThis.Date = class extends RealDate {
    constructor(...given: []) {
      super(...((given.length > 0 ? given : [now()]) as []));
    }
    static override now = now;
  } as DateConstructor;

  const alarms = new Set<{ at: number; wake: () => void }>();
  const clock: Clock = {
    now,
    alarm(at, wake) {
      const alarm = { at, wake };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
  };
  const stir = () => void (still = 0);
  const timer = setInterval(() => {
    if (alarms.size === 0) return;
    still = busy() ? 0 : still + 1;
    const first = Math.min(...Array.from(alarms, ({ at }) => at));
    if (first > now()) {
      if (still < quiet(first - now())) return;
      leapt += first - now();
    }
    const due = Array.from(alarms)
      .filter(({ at }) => at <= now())
      .toSorted((a, b) => a.at - b.at);
    stir();
    for (const alarm of due) if (alarms.delete(alarm)) alarm.wake();
  }, tick);
  return {
    clock,
    stir,
    wait: (ms) => new Promise((resolve) => void clock.alarm(now() + ms, resolve)),
    stop() {
      clearInterval(timer);
      globalThis.Date = RealDate;
    },
  };
};

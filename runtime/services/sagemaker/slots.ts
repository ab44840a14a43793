/** At most `count` jobs work at once; the others wait in the order they came. */
export interface Slots {
  /** Resolves to the release function; `waiting` is called when there is no slot at once. Rejects once the signal is aborted. */
  take(signal: AbortSignal, waiting?: () => void): Promise<() => void>;
}

const interrupted = () => new Error('aborted while waiting for a slot');

export const openSlots = (count: number): Slots => {
  let free = count;
  const queue: (() => void)[] = [];

  const release = () => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  };
  const once = () => {
    let released = false;
    return () => {
      if (!released) release();
      released = true;
    };
  };
  return {
    take(signal, waiting) {
      if (signal.aborted) return Promise.reject(interrupted());
      if (free > 0) {
        free -= 1;
        return Promise.resolve(once());
      }
      waiting?.();
      return new Promise((resolve, reject) => {
        const grant = () => {
          signal.removeEventListener('abort', leave);
          resolve(once());
        };
        const leave = () => {
          queue.splice(queue.indexOf(grant), 1);
          reject(interrupted());
        };
        queue.push(grant);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
};

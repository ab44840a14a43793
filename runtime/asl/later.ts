/**
 * JSONata evaluates asynchronously, JSONPath does not. The core is written once, as generators that yield a promise only
 * where one is really needed: a JSONPath machine runs to its next wait without a single turn of the event loop.
 */
export type Later<T> = Generator<Promise<unknown>, T, unknown>;

/** Waits for a promise inside a generator of the core. */
export function* wait<T>(promise: Promise<T>): Later<T> {
  return (yield promise) as T;
}

const settle = async <T>(generator: Later<T>, first: Promise<unknown>): Promise<T> => {
  let promise = first;
  for (;;) {
    let turn: IteratorResult<Promise<unknown>, T>;
    try {
      const value = await promise;
      turn = generator.next(value);
    } catch (error) {
      turn = generator.throw(error);
    }
    if (turn.done) return turn.value;
    promise = turn.value;
  }
};

/** Runs a generator of the core: to its value at once when nothing had to be awaited, else to a promise of it. */
export const complete = <T>(generator: Later<T>): T | Promise<T> => {
  const turn = generator.next();
  return turn.done ? turn.value : settle(generator, turn.value);
};

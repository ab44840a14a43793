import { effectiveInput, exitWith, exitWithPaths, usesJsonata } from '../fields.ts';
import type { StateKind } from '../run.ts';

/** Result is never evaluated: `"x.$"` stays as written. */
export const pass: StateKind = {
  *begin(run, thread, state) {
    if (!usesJsonata(run, state)) return this.beginPaths?.(run, thread, state);
    return yield* exitWith(run, thread, state, state['Result'] === undefined ? thread.input : state['Result']);
  },
  beginPaths(run, thread, state) {
    const input = effectiveInput(run, thread, state);
    return exitWithPaths(run, thread, state, state['Result'] === undefined ? input : state['Result']);
  },
};

import { effectiveInput, exitWith, usesJsonata } from '../fields.ts';
import type { StateKind } from '../run.ts';

/** Result is never evaluated: `"x.$"` stays as written. */
export const pass: StateKind = {
  *begin(run, thread, state) {
    const input = usesJsonata(run, state) ? thread.input : effectiveInput(run, thread, state);
    return yield* exitWith(run, thread, state, state['Result'] === undefined ? input : state['Result']);
  },
};

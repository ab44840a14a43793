import { exitThrough, rootsOf, selectPath } from '../fields.ts';
import type { StateKind } from '../run.ts';

export const succeed: StateKind = {
  *begin(run, thread, state) {
    const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
    return yield* exitThrough(run, thread, state, input);
  },
};

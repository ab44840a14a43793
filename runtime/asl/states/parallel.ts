import { effectiveInput, exitWith, fill, usesJsonata } from '../fields.ts';
import { record, write } from '../history.ts';
import type { StateKind } from '../run.ts';
import { startChild } from '../children.ts';

export const parallel: StateKind = {
  *begin(run, thread, state) {
    const input = !usesJsonata(run, state)
      ? effectiveInput(run, thread, state)
      : state['Arguments'] === undefined
        ? thread.input
        : yield* fill(run, thread, state['Arguments'], 'Arguments');
    const branches = Array.isArray(state['Branches']) ? state['Branches'].length : 0;
    const started = record(run, thread, 'ParallelStateStarted');
    thread.gathering = {
      started,
      results: Array.from({ length: branches }),
      running: {},
      next: branches,
      done: 0,
      failed: 0,
      items: undefined,
      atOnce: branches,
      tolerated: undefined,
    };
    for (let i = 0; i < branches; i++) {
      startChild(run, thread, {
        index: i,
        scope: `${thread.scope}/${thread.state}/Branches/${i}`,
        input,
        follows: started,
      });
    }
    return undefined;
  },

  *resume(run, thread, state, answer) {
    if (answer.kind === 'childFailed') throw answer.error;
    const gathering = thread.gathering;
    if (answer.kind !== 'childSucceeded' || !gathering)
      throw new Error(`A Parallel state is not answered by '${answer.kind}'`);
    gathering.results[answer.index] = answer.output;
    gathering.done++;
    thread.last = answer.last;
    if (gathering.done < gathering.results.length) return undefined;
    thread.gathering = undefined;
    // As AWS writes it: the exit refers to the last event of the branches, a failure on the way to it to this one.
    thread.last = write(run, answer.last, 'ParallelStateSucceeded');
    const exit = yield* exitWith(
      run,
      thread,
      state,
      gathering.results.map((r) => r ?? null),
    );
    thread.last = answer.last;
    return exit;
  },

  failed(run, thread) {
    record(run, thread, 'ParallelStateFailed');
  },
};

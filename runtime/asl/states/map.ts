/** Map: distributed ones are in distributedMap.ts; inline, iterations are threads of this execution, at most `MaxConcurrency` (and 40) of them at a time. */
import { StatesError } from '../errors.ts';
import { exitWith } from '../fields.ts';
import { record, write } from '../history.ts';
import type { Json } from '../json.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run, StateKind } from '../run.ts';
import type { Gathering, Thread } from '../execution.ts';
import { abandonChildren, startChild } from '../children.ts';
import { beginDistributed, isDistributed, redriveDistributed, resumeDistributed } from './distributedMap.ts';
import { itemsOf, inputOf } from './mapItems.ts';
import { concurrencyOf, inlineLimit, toleratedOf } from './mapLimits.ts';

/** Starts iterations until as many walk as may; `follows` is the event the first ones follow. */
function* startMore(run: Run, thread: Thread, state: StateDefinition, follows: number): Later<void> {
  const gathering = thread.gathering;
  if (!gathering?.items) return;
  const scope = `${thread.scope}/${thread.state}/ItemProcessor`;
  while (gathering.next < gathering.items.length && gathering.next - gathering.done < gathering.atOnce) {
    const index = gathering.next++;
    const value = gathering.items[index] ?? null;
    const item = { Index: index, Value: value };
    const input = yield* inputOf(run, thread, state, item);
    const begun = write(run, follows, 'MapIterationStarted', { name: thread.state, index });
    startChild(run, thread, {
      index,
      scope,
      input,
      follows: begun,
      item,
    });
  }
}

function* finish(run: Run, thread: Thread, state: StateDefinition, results: Json[]) {
  thread.gathering = undefined;
  const { last } = thread;
  thread.last = write(run, last, 'MapStateSucceeded');
  const exit = yield* exitWith(run, thread, state, results);
  thread.last = last;
  return exit;
}

/** What a Map state fails with after one more failed iteration; undefined while it bears as many. */
const unbearable = ({ tolerated, failed, results }: Gathering, error: StatesError): StatesError | undefined => {
  if (!tolerated) return error;
  const most = Math.max(tolerated.count ?? 0, ((tolerated.percentage ?? 0) / 100) * results.length);
  if (failed <= most) return undefined;
  return new StatesError(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
  );
};

export const map: StateKind = {
  *begin(run, thread, state) {
    if (isDistributed(state)) return yield* beginDistributed(run, thread, state);
    const items = yield* itemsOf(run, thread, state);
    const atOnce = yield* concurrencyOf(run, thread, state, inlineLimit);
    const started = record(run, thread, 'MapStateStarted', { length: items.length });
    const tolerated = yield* toleratedOf(run, thread, state);
    thread.gathering = {
      started,
      results: Array.from({ length: items.length }),
      running: {},
      next: 0,
      done: 0,
      failed: 0,
      items,
      atOnce,
      tolerated,
    };
    if (items.length === 0) return yield* finish(run, thread, state, []);
    yield* startMore(run, thread, state, started);
    return undefined;
  },

  *redrive(run, thread, state) {
    if (thread.mapRun) return redriveDistributed(run, thread, thread.mapRun);
    return yield* map.begin(run, thread, state);
  },

  *resume(run, thread, state, answer) {
    if (isDistributed(state)) return yield* resumeDistributed(run, thread, state, answer);
    const gathering = thread.gathering;
    if (!gathering || (answer.kind !== 'childSucceeded' && answer.kind !== 'childFailed')) {
      throw new Error(`A Map state is not answered by '${answer.kind}'`);
    }
    const { index } = answer;
    thread.last = answer.last;
    delete gathering.running[index];
    gathering.done++;
    // What follows refers to the last event inside the iteration, as AWS writes it.
    const ended = (event: string) => write(run, answer.last, event, { name: thread.state, index });
    if (answer.kind === 'childSucceeded') {
      ended('MapIterationSucceeded');
      gathering.results[index] = answer.output;
    } else {
      gathering.failed++;
      const failure = unbearable(gathering, answer.error);
      if (failure) abandonChildren(run, thread, answer.last);
      ended('MapIterationFailed');
      if (failure) throw failure;
    }
    if (gathering.done < gathering.results.length) {
      yield* startMore(run, thread, state, answer.last);
      return undefined;
    }
    return yield* finish(
      run,
      thread,
      state,
      gathering.results.filter((r) => r !== undefined),
    );
  },

  failed(run, thread) {
    record(run, thread, 'MapStateFailed');
  },
};

/** Inline Map: iterations are threads of this execution, at most `MaxConcurrency` (and 40) of them at a time. */
import { contextOf } from '../context.ts';
import { queryError, runtimeError, StatesError } from '../errors.ts';
import { exitWith, fill, pathField, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import { record, write } from '../history.ts';
import type { Json } from '../json.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run, StateKind } from '../run.ts';
import type { Thread } from '../execution.ts';
import { fillPaths } from '../template.ts';
import { startChild } from '../children.ts';
import { concurrencyOf, toleratedOf } from './mapLimits.ts';

const kindOf = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

function* itemsOf(run: Run, thread: Thread, state: StateDefinition): Later<Json[]> {
  if (usesJsonata(run, state)) {
    const written = state['Items'];
    const value = written === undefined ? thread.input : yield* fill(run, thread, written, 'Items');
    if (Array.isArray(value)) return value;
    if (written === undefined) throw queryError(`Map state input must be an array but was: ${JSON.stringify(value)}`);
    const source = typeof written === 'string' ? written.slice(2, -2).trim() : JSON.stringify(written);
    throw queryError(
      `The JSONata expression '${source}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${kindOf(value)}' for value: ${JSON.stringify(value)}`,
      'Items',
    );
  }
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  const path = typeof state['ItemsPath'] === 'string' ? state['ItemsPath'] : '$';
  const value = pathField(path, rootsOf(run, thread, input));
  if (!Array.isArray(value)) {
    throw runtimeError(`Reference path "${path}" must point to array but was: ${JSON.stringify(value)}`);
  }
  return value;
}

/** Input of one iteration. */
function* inputOf(run: Run, thread: Thread, state: StateDefinition, index: number, value: Json): Later<Json> {
  const selector = state['ItemSelector'] ?? state['Parameters'];
  if (selector === undefined) return value;
  const context = { ...contextOf(run, thread), Map: { Item: { Index: index, Value: value } } };
  if (usesJsonata(run, state)) return yield* fill(run, thread, selector, 'ItemSelector', { context });
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  return fillPaths(selector, rootsOf(run, thread, input, context), run.execution.random);
}

/** Starts iterations until as many walk as may; `follows` is the event the first ones follow. */
function* startMore(run: Run, thread: Thread, state: StateDefinition, follows: number): Later<void> {
  const gathering = thread.gathering;
  if (!gathering?.items) return;
  while (gathering.next < gathering.items.length && Object.keys(gathering.running).length < gathering.atOnce) {
    const index = gathering.next++;
    const value = gathering.items[index] ?? null;
    const input = yield* inputOf(run, thread, state, index, value);
    const begun = write(run, follows, 'MapIterationStarted', { name: thread.state, index });
    startChild(run, thread, {
      index,
      scope: `${thread.scope}/${thread.state}/ItemProcessor`,
      input,
      follows: begun,
      item: { Index: index, Value: value },
    });
  }
}

function* finish(run: Run, thread: Thread, state: StateDefinition, results: Json[]) {
  thread.gathering = undefined;
  write(run, thread.last, 'MapStateSucceeded');
  return yield* exitWith(run, thread, state, results);
}

export const map: StateKind = {
  *begin(run, thread, state) {
    const items = yield* itemsOf(run, thread, state);
    const atOnce = yield* concurrencyOf(run, thread, state);
    const tolerated = yield* toleratedOf(run, thread, state);
    const started = record(run, thread, 'MapStateStarted', { length: items.length });
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

  *resume(run, thread, state, answer) {
    const gathering = thread.gathering;
    if (!gathering || (answer.kind !== 'childSucceeded' && answer.kind !== 'childFailed')) {
      throw new Error(`A Map state is not answered by '${answer.kind}'`);
    }
    const { index } = answer;
    const event = answer.kind === 'childSucceeded' ? 'MapIterationSucceeded' : 'MapIterationFailed';
    // What follows refers to the last event inside the iteration, as AWS writes it.
    write(run, answer.last, event, { name: thread.state, index });
    thread.last = answer.last;
    delete gathering.running[index];
    gathering.done++;
    if (answer.kind === 'childSucceeded') gathering.results[index] = answer.output;
    else {
      gathering.failed++;
      const { tolerated } = gathering;
      if (!tolerated) throw answer.error;
      const most = Math.max(tolerated.count ?? 0, ((tolerated.percentage ?? 0) / 100) * gathering.results.length);
      if (gathering.failed > most) {
        throw new StatesError(
          'States.ExceedToleratedFailureThreshold',
          'The specified tolerated failure threshold was exceeded',
        );
      }
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

/**
 * One state by itself: TestState. What a state does is asked of the same functions as in an execution; only what surrounds
 * it (who answers it, what follows) is the trial's own. Children of Map and Parallel never walk: their results are given.
 */
import { caught } from './catch.ts';
import { runtimeError, StatesError, tooLarge } from './errors.ts';
import type { Command, Execution, LookCommand, Thread } from './execution.ts';
import { effectiveInput, exitWith, fill, rootsOf, selectPath, usesJsonata } from './fields.ts';
import { collecting } from './history.ts';
import { isObject, withinPayloadLimit, type Json, type JsonObject } from './json.ts';
import { complete, wait, type Later } from './later.ts';
import { stateAt, type Machine, type StateDefinition } from './machine.ts';
import { meansError, retryAt } from './retry.ts';
import type { Exit, Run } from './run.ts';
import { stateKinds } from './states/index.ts';
import { tryMap } from './trialMap.ts';

/** How the outside world answers a state. */
export type TrialAnswer =
  | { kind: 'succeeded'; output: Json }
  | { kind: 'failed'; error?: string | undefined; cause?: string | undefined }
  | { kind: 'timedOut'; alias?: string | undefined }
  | { kind: 'rang' };

export interface TrialOf {
  machine: Machine;
  /** Where the state stands; see machine.ts. */
  scope: string;
  name: string;
  execution: Execution;
  input: Json;
  variables: JsonObject;
  /** The whole Context Object. */
  context: JsonObject;
  /** Epoch milliseconds. */
  now: number;
  /** How often each retrier has retried already. */
  retries: number;
  /** What Map and Parallel come to. */
  mocked: TrialAnswer | undefined;
  /** Of a Map state. */
  failedIterations: number;
  /** What a Map state's ItemReader finds, as it stands in its source. */
  itemReaderData: string | undefined;
  /** Answers a task, or the alarm of a Wait state. */
  answer(command: Exclude<Command, LookCommand>): Promise<TrialAnswer>;
}

export interface Tried {
  status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  output?: Json;
  error?: string | undefined;
  cause?: string | undefined;
  nextState?: string | undefined;
  /** Members of InspectionData as values. */
  seen: JsonObject;
}

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

const mockedResult = (mocked: TrialAnswer | undefined): Json => {
  if (mocked?.kind === 'failed') throw new StatesError(mocked.error, mocked.cause);
  if (mocked?.kind !== 'succeeded') throw new Error('A Map or Parallel state is tried with a mock only');
  return mocked.output;
};

function* tryParallel(run: Run, thread: Thread, state: StateDefinition, it: TrialOf): Later<Exit> {
  if (!usesJsonata(run, state)) effectiveInput({ ...run, trial: undefined }, thread, state, it.context);
  else if (state['Arguments'] !== undefined) yield* fill(run, thread, state['Arguments'], 'Arguments');
  return yield* exitWith(run, thread, state, mockedResult(it.mocked));
}

/** A state of any type until it is left; throws StatesError. */
function* pass(run: Run, thread: Thread, state: StateDefinition, it: TrialOf): Later<Exit> {
  if (state.Type === 'Parallel') return yield* tryParallel(run, thread, state, it);
  if (!usesJsonata(run, state)) {
    run.trial?.see('afterInputPath', selectPath(state['InputPath'], rootsOf(run, thread, thread.input)));
  }
  if (state.Type === 'Map') return yield* tryMap(run, thread, state, it, () => mockedResult(it.mocked));
  const kind = stateKinds[state.Type];
  if (!kind) throw runtimeError(`The state type '${state.Type}' does not exist.`);
  const exit = yield* kind.begin(run, thread, state);
  if (exit) return exit;
  // Activities are tried with a mock only, which stands for one that exists.
  if (run.commands[0]?.kind === 'look') yield* kind.resume?.(run, thread, state, { kind: 'found', exists: true }) ?? [];
  const command = run.commands.at(-1);
  if (!command || command.kind === 'look' || !kind.resume) throw new Error(`A ${state.Type} state waits for nothing`);
  if (command.kind === 'task' && usesJsonata(run, state)) run.trial?.see('afterArguments', command.input);
  const answer = yield* wait(it.answer(command));
  // A Wait state that would take longer than a test may.
  if (answer.kind === 'timedOut' && command.kind === 'alarm') throw new StatesError('States.Timeout');
  if (answer.kind === 'succeeded') run.trial?.see('result', answer.output);
  const left = yield* kind.resume(run, thread, state, answer);
  if (!left) throw new Error(`A ${state.Type} state goes on waiting`);
  return left;
}

const nextOf = (state: StateDefinition, exit: Exit) =>
  exit.next ?? (typeof state['Next'] === 'string' ? state['Next'] : undefined);

const fits = (exit: Exit, name: string): Exit => {
  if (!withinPayloadLimit(exit.output)) throw tooLarge(name);
  return exit;
};

/** What becomes of a failed state: retried, caught or failed for good. */
function* fail(run: Run, thread: Thread, state: StateDefinition, thrown: StatesError): Later<Omit<Tried, 'seen'>> {
  const { error, explanation: cause } = thrown;
  if (error === 'States.Runtime') return { status: 'FAILED', error, cause };
  const details: JsonObject = {};
  const retryIndex = listOf(state['Retry']).findIndex((retrier) => meansError(retrier['ErrorEquals'], thrown));
  if (retryIndex >= 0) {
    details['retryIndex'] = retryIndex;
    run.trial?.see('errorDetails', details);
    const at = retryAt(run, thread, state, thrown);
    if (at !== undefined) {
      details['retryBackoffIntervalSeconds'] = Math.round((at - run.now) / 1000);
      return { status: 'RETRIABLE', error, cause };
    }
  }
  const exit = yield* caught(run, thread, state, thrown, cause ?? '');
  if (!exit) return { status: 'FAILED', error, cause };
  details['catchIndex'] = listOf(state['Catch']).findIndex((catcher) => meansError(catcher['ErrorEquals'], thrown));
  run.trial?.see('errorDetails', details);
  const { output } = fits(exit, thread.state);
  Object.assign(thread.variables, exit.assigned);
  return { status: 'CAUGHT_ERROR', output, error, cause, nextState: exit.next };
}

const asStatesError = (error: unknown): StatesError =>
  error instanceof StatesError ? error : runtimeError(error instanceof Error ? error.message : String(error));

function* attempt(run: Run, thread: Thread, state: StateDefinition, it: TrialOf): Later<Omit<Tried, 'seen'>> {
  try {
    const exit = fits(yield* pass(run, thread, state, it), thread.state);
    Object.assign(thread.variables, exit.assigned);
    return { status: 'SUCCEEDED', output: exit.output, nextState: nextOf(state, exit) };
  } catch (thrown) {
    try {
      return yield* fail(run, thread, state, asStatesError(thrown));
    } catch (second) {
      const { error, explanation: cause } = asStatesError(second);
      return { status: 'FAILED', error, cause };
    }
  }
}

/** Tries one state. */
export const tryState = async (it: TrialOf): Promise<Tried> => {
  const { machine, execution, now, scope, name, input, context } = it;
  const seen: JsonObject = { input };
  const thread: Thread = {
    id: 0,
    parent: undefined,
    scope,
    state: name,
    input,
    entered: { at: now, event: 0, previous: 0 },
    last: 0,
    variables: { ...it.variables },
    retries: [],
    item: undefined,
    gathering: undefined,
  };
  const state = stateAt(machine, thread);
  if (!state) throw new Error(`The machine has no state '${name}'`);
  thread.retries = listOf(state['Retry']).map(() => it.retries);
  execution.threads[thread.id] = thread;
  const run: Run = {
    machine,
    execution,
    now,
    history: collecting(now),
    commands: [],
    cancelled: [],
    ready: [],
    trial: { context, see: (member, value) => void (seen[member] = value) },
  };
  const tried = await complete(attempt(run, thread, state, it));
  if (Object.keys(thread.variables).length > 0) seen['variables'] = thread.variables;
  return { ...tried, seen };
};

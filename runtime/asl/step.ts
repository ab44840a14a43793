/**
 * The transition of the engine: `(execution, event) → (execution, what to do)`. No clock, no I/O: time arrives in events and
 * randomness comes from the seed, so that the same events always lead to the same execution.
 * One event is worked off completely: every thread that can walk walks until it waits for an answer or ends.
 */
import type { Answer } from './answer.ts';
import { caught } from './catch.ts';
import { abandon, abandonChildren } from './children.ts';
import { runtimeError, StatesError, tooLarge } from './errors.ts';
import type { EngineEvent, Execution, Identity, Status, Thread, Turn } from './execution.ts';
import { HistoryFull, record, write, type Chronicle } from './history.ts';
import { withinPayloadLimit, type Json } from './json.ts';
import { usesJsonata } from './fields.ts';
import { complete, type Later } from './later.ts';
import { stateAt, type Machine, type StateDefinition } from './machine.ts';
import { retryAt } from './retry.ts';
import { issue, type Exit, type Run, type StateKind } from './run.ts';
import { stateKinds } from './states/index.ts';
import { withinVariablesLimit } from './variableQuota.ts';

/** Id of the alarm of the execution's own time limit; no event has it. */
const executionAlarm = 0;
const rootThread = 0;

/** How long an execution may take: a year, or five minutes. */
const longestSeconds = { STANDARD: 31_536_000, EXPRESS: 300 } as const;

/** An execution nothing has happened to yet. */
export const newExecution = (identity: Identity): Execution => ({
  identity,
  status: 'RUNNING',
  input: null,
  startedAt: 0,
  stoppedAt: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
  events: 0,
  threads: {},
  nextThread: 0,
  pending: {},
  random: { seed: '', drawn: 0 },
});

const stateOf = (run: Run, thread: Thread): StateDefinition => {
  const state = stateAt(run.machine, thread);
  if (!state) throw new StatesError('States.Runtime', `The state '${thread.state}' does not exist.`);
  return state;
};

const kindOf = (state: StateDefinition): StateKind => {
  const kind = stateKinds[state.Type];
  if (!kind) throw new StatesError('States.Runtime', `The state type '${state.Type}' does not exist.`);
  return kind;
};

const entered = new Map<string, string>();
const exited = new Map<string, string>();

/** `PassStateEntered`: one string for all events, not one for each. */
const eventOf = (made: Map<string, string>, type: string, what: string): string => {
  let name = made.get(type);
  if (name === undefined) made.set(type, (name = `${type}${what}`));
  return name;
};

/** Keeps what a redrive goes on from: the first failure knows the most. */
const remember = ({ execution }: Run) => {
  execution.remains ??= structuredClone(execution.threads);
};

const close = (run: Run, status: Status, type: string, details: { [key: string]: Json | undefined }, after: number) => {
  const { execution } = run;
  const given = Object.entries(details).filter(([, value]) => value !== undefined);
  write(run, after, type, given.length === 0 ? undefined : Object.fromEntries(given));
  for (const command of Object.values(execution.pending)) run.cancelled.push(command.id);
  if (run.remember && status !== 'SUCCEEDED') remember(run);
  execution.pending = {};
  execution.threads = {};
  run.ready.length = 0;
  execution.status = status;
  execution.stoppedAt = run.now;
};

const closeFailed = (run: Run, error: string | undefined, cause: string | undefined, after: number) => {
  close(run, 'FAILED', 'ExecutionFailed', { error, cause }, after);
  Object.assign(run.execution, { error, cause });
};

/** The cause as machines and histories show it. */
const causeOf = (thread: Thread, { explanation, how }: StatesError): string | undefined =>
  how.fault
    ? `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.entered.event}). ${explanation ?? ''}`
    : explanation;

/** What the thread around one that ended is told. */
interface Ended {
  outer: Thread;
  answer: Answer;
}

/** Writes the state's exit and moves the thread on; true while there is a next state in it. */
const leave = (run: Run, thread: Thread, state: StateDefinition, exit: Exit): boolean | Ended => {
  if (!withinPayloadLimit(exit.output)) throw tooLarge(thread.state);
  const assigned = exit.assigned && Object.keys(exit.assigned).length > 0 ? exit.assigned : undefined;
  if (assigned && !withinPayloadLimit(assigned)) throw tooLarge(thread.state);
  const variables = assigned && { ...thread.variables, ...assigned };
  if (variables && !withinVariablesLimit(run.execution, thread, variables)) throw tooLarge(thread.state);
  const { state: name } = thread;
  const { output } = exit;
  const details = assigned ? { name, output, assignedVariables: assigned } : { name, output };
  record(run, thread, eventOf(exited, state.Type, 'StateExited'), details);
  if (variables) thread.variables = variables;
  const next = exit.next ?? (typeof state['Next'] === 'string' ? state['Next'] : undefined);
  if (next !== undefined) {
    thread.state = next;
    thread.input = exit.output;
    if (thread.retries.length > 0) thread.retries = [];
    thread.gathering = undefined;
    if (thread.mapRun) thread.mapRun = undefined;
    return true;
  }
  const { parent } = thread;
  if (!parent) {
    close(run, 'SUCCEEDED', 'ExecutionSucceeded', { output: exit.output }, thread.last);
    run.execution.output = exit.output;
    return false;
  }
  delete run.execution.threads[thread.id];
  const outer = run.execution.threads[parent.thread];
  if (!outer) return false;
  delete outer.gathering?.running[parent.index];
  return { outer, answer: { kind: 'childSucceeded', index: parent.index, output, last: thread.last } };
};

/** Tells the thread around one that ended; true: the thread itself walks on. */
function* goOn(run: Run, left: boolean | Ended): Later<boolean> {
  if (typeof left === 'boolean') return left;
  yield* walk(run, left.outer, left.answer);
  return false;
}

/** What becomes of a failed state: retried, caught, or the end of its thread and of what is around it. True: walk on. */
function* failState(run: Run, thread: Thread, state: StateDefinition, error: StatesError): Later<boolean> {
  const cause = causeOf(thread, error);
  if (run.remember) remember(run);
  abandonChildren(run, thread, thread.last);
  thread.gathering = undefined;
  if (error instanceof HistoryFull) {
    closeFailed(run, error.error, error.explanation, thread.last);
    return false;
  }
  if (error.how.evaluation) {
    const { location } = error.how.evaluation;
    // As AWS writes it: the entered event is not yet the last one, except for Wait.
    const previous =
      thread.last === thread.entered.event && state.Type !== 'Wait' ? thread.entered.previous : thread.last;
    thread.last = write(run, previous, 'EvaluationFailed', {
      error: error.error,
      cause,
      ...(location !== undefined && { location }),
      state: thread.state,
    });
  }
  const fatal = error.error === 'States.Runtime';
  const at = fatal ? undefined : retryAt(run, thread, state, error);
  if (at !== undefined) {
    run.execution.remains = undefined;
    issue(run, { kind: 'alarm', id: -(thread.id + 1), thread: thread.id, at });
    return false;
  }
  if (!fatal && (state.Type === 'Map' || state.Type === 'Parallel')) kindOf(state).failed?.(run, thread);
  const exit = fatal ? undefined : yield* caught(run, thread, state, error, cause ?? '');
  if (exit) {
    run.execution.remains = undefined;
    return yield* goOn(run, leave(run, thread, state, exit));
  }
  const outer = thread.parent && run.execution.threads[thread.parent.thread];
  if (!thread.parent || !outer || fatal) {
    closeFailed(run, error.error, cause, thread.last);
    return false;
  }
  return yield* failChild(
    run,
    thread,
    thread.parent.index,
    outer,
    new StatesError(error.error, cause, { alias: error.how.alias }),
  );
}

function* failChild(run: Run, thread: Thread, index: number, outer: Thread, error: StatesError): Later<boolean> {
  const state = stateOf(run, outer);
  delete outer.gathering?.running[index];
  if (state.Type === 'Map') {
    delete run.execution.threads[thread.id];
    yield* walk(run, outer, { kind: 'childFailed', index, error, last: thread.last });
    return false;
  }
  outer.last = thread.last;
  abandon(run, thread, thread.last);
  yield* walk(run, outer, { kind: 'childFailed', index, error, last: outer.last });
  return false;
}

/** Lets one thread go on: into its state (no answer), or from where it waited. */
function* walk(run: Run, thread: Thread, answer?: Answer): Later<void> {
  let told = answer;
  let goesOn = true;
  while (goesOn && run.execution.status === 'RUNNING') {
    const state = stateOf(run, thread);
    const kind = kindOf(state);
    try {
      let exit: Exit | undefined;
      if (told?.kind === 'redriven' && kind.redrive) exit = yield* kind.redrive(run, thread, state);
      else if (told?.kind === 'redriven' || (told?.kind === 'rang' && state.Type !== 'Wait'))
        exit = yield* kind.begin(run, thread, state);
      else if (told) {
        if (!kind.resume) throw new Error(`A ${state.Type} state waits for nothing`);
        exit = yield* kind.resume(run, thread, state, told);
        // A failure that was tolerated is none.
        if (told.kind === 'childFailed') run.execution.remains = undefined;
      } else {
        const previous = thread.last;
        const type = eventOf(entered, state.Type, 'StateEntered');
        const event = record(run, thread, type, { name: thread.state, input: thread.input });
        thread.entered = { at: run.now, event, previous };
        exit =
          kind.beginPaths && !usesJsonata(run, state)
            ? kind.beginPaths(run, thread, state)
            : yield* kind.begin(run, thread, state);
      }
      const left = exit !== undefined && leave(run, thread, state, exit);
      goesOn = typeof left === 'boolean' ? left : yield* goOn(run, left);
    } catch (error) {
      goesOn = yield* failed(run, thread, state, asStatesError(error));
    }
    told = undefined;
  }
}

/** A path that validation let pass and cannot be read is a fault of the machine; anything else unforeseen ends the execution too. */
const asStatesError = (error: unknown): StatesError =>
  error instanceof StatesError ? error : runtimeError(error instanceof Error ? error.message : String(error));

/** A catcher's own fields may fail too; that ends the execution. */
function* failed(run: Run, thread: Thread, state: StateDefinition, error: StatesError): Later<boolean> {
  try {
    return yield* failState(run, thread, state, error);
  } catch (thrown) {
    const second = asStatesError(thrown);
    if (run.execution.status === 'RUNNING') closeFailed(run, second.error, causeOf(thread, second), thread.last);
    return false;
  }
}

function* begin(run: Run, seed: string, input: Json): Later<void> {
  const { execution, machine } = run;
  execution.input = input;
  execution.startedAt = run.now;
  execution.random = { seed, drawn: 0 };
  write(run, 0, 'ExecutionStarted', { input, roleArn: execution.identity.roleArn });
  execution.nextThread = rootThread + 1;
  const root: Thread = {
    id: rootThread,
    parent: undefined,
    scope: '',
    state: machine.root.startAt,
    input,
    entered: { at: run.now, event: 0, previous: 0 },
    last: 0,
    variables: {},
    retries: [],
    item: undefined,
    gathering: undefined,
  };
  execution.threads[rootThread] = root;
  limitTime(run);
  yield* walk(run, root);
}

const limitTime = (run: Run) => {
  const limit = Math.min(run.machine.timeoutSeconds ?? Infinity, longestSeconds[run.execution.identity.type]);
  issue(run, { kind: 'alarm', id: executionAlarm, thread: -1, at: run.now + limit * 1000 });
};

/** Goes on where the execution failed: what had succeeded stays, every thread that had not begins its state again. */
function* redrive(run: Run): Later<void> {
  const { execution } = run;
  const { remains } = execution;
  if (!remains) throw new Error(`Nothing was kept of ${execution.identity.arn} to redrive it from`);
  const count = (execution.redriven?.count ?? 0) + 1;
  Object.assign(execution, {
    status: 'RUNNING',
    stoppedAt: undefined,
    output: undefined,
    error: undefined,
    cause: undefined,
    redriven: { count, at: run.now },
    remains: undefined,
    threads: remains,
  });
  const event = write(run, execution.events, 'ExecutionRedriven', { redriveCount: count });
  limitTime(run);
  const stopped = Object.values(remains).filter(({ gathering }) => gathering === undefined);
  for (const thread of Object.values(remains)) thread.last = event;
  for (const thread of stopped) {
    thread.retries = [];
    if (!execution.threads[thread.id]) continue;
    const entered = thread.entered.event !== 0 && stateOf(run, thread).Type !== 'Fail';
    yield* walk(run, thread, entered ? { kind: 'redriven' } : undefined);
  }
}

function* handle(run: Run, event: EngineEvent): Later<void> {
  const { execution } = run;
  if (event.kind === 'started') {
    yield* begin(run, event.seed, event.input);
  } else if (event.kind === 'redriven') {
    yield* redrive(run);
  } else if (event.kind === 'stopped') {
    const { error, cause } = event;
    close(run, 'ABORTED', 'ExecutionAborted', { error, cause }, lastOf(execution));
    Object.assign(execution, { error, cause });
  } else {
    const command = execution.pending[event.id];
    // An answer nobody waits for any more: the task timed out, or its branch was given up.
    if (!command) return;
    if (event.id === executionAlarm) {
      // As AWS writes it: the event follows none, and names an error that the execution itself has not.
      close(run, 'TIMED_OUT', 'ExecutionTimedOut', { error: 'States.Timeout' }, 0);
      return;
    }
    if (event.kind !== 'submitted' && event.kind !== 'begun') {
      delete execution.pending[event.id];
      run.cancelled.push(event.id);
    }
    if (event.kind === 'submitted' && command.kind === 'task') command.submitted = event.output;
    if (event.kind === 'begun' && command.kind === 'task' && command.worker) {
      // Another worker took it before: a task is given to one.
      if (command.worker.begun) return;
      const { timeoutSeconds } = command.worker;
      command.worker.begun = true;
      command.deadline = timeoutSeconds === undefined ? undefined : event.at + timeoutSeconds * 1000;
    }
    const thread = execution.threads[command.thread];
    if (thread) yield* walk(run, thread, event);
  }
  for (let id = run.ready.shift(); id !== undefined; id = run.ready.shift()) {
    const thread = execution.threads[id];
    if (thread) yield* walk(run, thread);
  }
}

/** What nobody foresaw ends the execution instead of leaving it where no event can move it. */
function* guarded(run: Run, event: EngineEvent): Later<void> {
  try {
    yield* handle(run, event);
  } catch (error) {
    if (run.execution.status !== 'RUNNING') return;
    const { error: name, explanation } = asStatesError(error);
    closeFailed(run, name, explanation, lastOf(run.execution));
  }
}

const lastOf = (execution: Execution) => execution.threads[rootThread]?.last ?? 0;

/**
 * Works off one event, changing `execution` in place and writing its history into `history`; what else it brought about is
 * returned, at once where no JSONata had to be evaluated. Events for a closed execution bring about nothing, but that it is
 * redriven: its last event must then have been worked off with `remember`.
 */
export const step = (
  machine: Machine,
  execution: Execution,
  event: EngineEvent,
  history: Chronicle,
  remember = false,
): Turn | Promise<Turn> => {
  const run: Run = { machine, execution, now: event.at, history, commands: [], cancelled: [], ready: [], remember };
  if (execution.status !== 'RUNNING' && event.kind !== 'redriven') return turnOf(run);
  const done = complete(guarded(run, event));
  return done instanceof Promise ? done.then(() => turnOf(run)) : turnOf(run);
};

const turnOf = ({ execution, commands, cancelled }: Run): Turn => ({
  commands: commands.filter((command) => execution.pending[command.id] === command),
  cancelled,
});

/** The fields states share, in both query languages: what goes in, what comes out, what is kept in variables. */
import { contextOf } from './context.ts';
import { runtimeError } from './errors.ts';
import type { Thread } from './execution.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { follow, type Roots } from './jsonpath/evaluate.ts';
import { parsePath } from './jsonpath/parse.ts';
import type { Later } from './later.ts';
import { languageOf, type StateDefinition } from './machine.ts';
import { surroundings, variableOf, variablesOf, type Exit, type Run } from './run.ts';
import { fillExpressions, fillPaths, nothingToRead } from './template.ts';
import { placeAt } from './resultPath.ts';

/** What `$states` holds besides input and context. */
export interface Seen {
  result?: Json;
  errorOutput?: Json;
  /** Replaces the context object while a task's arguments or a map's items are worked out. */
  context?: JsonObject;
}

export const usesJsonata = (run: Run, state: StateDefinition) => languageOf(run.machine, state) === 'JSONata';

/** Most states have no path into the context object, so it is made when asked for. */
class ThreadRoots implements Roots {
  readonly input: Json;
  readonly #run: Run;
  readonly #thread: Thread;
  #context: JsonObject | undefined;

  constructor(run: Run, thread: Thread, input: Json, context: JsonObject | undefined) {
    this.input = input;
    this.#run = run;
    this.#thread = thread;
    this.#context = context;
  }

  get context(): JsonObject {
    return (this.#context ??= contextOf(this.#run, this.#thread));
  }

  variable(name: string): Json | undefined {
    return variableOf(this.#run, this.#thread, name);
  }
}

/** Where the paths of a state start; `input` stands for `$`. */
export const rootsOf = (run: Run, thread: Thread, input: Json, context?: JsonObject): Roots =>
  new ThreadRoots(run, thread, input, context);

/** Fills a template or expression of a JSONata state. */
export const fill = (run: Run, thread: Thread, template: Json, field: string, seen: Seen = {}): Later<Json> => {
  const { context = contextOf(run, thread), ...more } = seen;
  const states = { input: thread.input, context, ...more };
  return fillExpressions(template, field, { ...variablesOf(run, thread), states }, surroundings(run));
};

/** A path field such as InputPath or TimeoutSecondsPath; a path that finds nothing fails the execution. */
export const pathField = (source: string, roots: Roots): Json => {
  const path = parsePath(source);
  if (path.root.kind === 'input' && roots.input === null) throw nothingToRead();
  const found = follow(path, roots);
  if (found.found) return found.value;
  if (found.beyond) return null;
  const plain = found.leaf ? `No results for path: ${found.missing}` : `Missing property in path ${found.missing}`;
  throw runtimeError(`Invalid path '${source}' : ${found.notArray ?? found.notObject ?? plain}`);
};

/** InputPath, with its default; null is an empty object. Also OutputPath. */
export const selectPath = (path: Json | undefined, roots: Roots): Json => {
  if (path === null) return {};
  return typeof path === 'string' ? pathField(path, roots) : roots.input;
};

/** The same of a value in a thread; without a path there is nothing to prepare. */
export const selectFrom = (
  path: Json | undefined,
  run: Run,
  thread: Thread,
  input: Json,
  context?: JsonObject,
): Json => (path === undefined ? input : selectPath(path, rootsOf(run, thread, input, context)));

/** The input after InputPath and Parameters (JSONPath states). */
export const effectiveInput = (run: Run, thread: Thread, state: StateDefinition, context?: JsonObject): Json => {
  const input = selectFrom(state['InputPath'], run, thread, thread.input, context);
  const filled =
    state['Parameters'] === undefined
      ? input
      : fillPaths(state['Parameters'], rootsOf(run, thread, input, context), run.execution.random);
  run.trial?.see('afterParameters', filled);
  return filled;
};

/** The variables an Assign sets; computed from what was there before. `prefix` says where the Assign stands in its state. */
export function* assign(
  run: Run,
  thread: Thread,
  template: Json | undefined,
  jsonata: boolean,
  about: Json,
  seen?: Seen,
  prefix = '',
): Later<JsonObject | undefined> {
  if (template === undefined) return undefined;
  if (!jsonata) return assignPaths(run, thread, template, about);
  const values = yield* fill(run, thread, template, `${prefix}Assign`, seen);
  return isObject(values) ? values : undefined;
}

const assignPaths = (run: Run, thread: Thread, template: Json | undefined, about: Json): JsonObject | undefined => {
  if (template === undefined) return undefined;
  const values = fillPaths(template, rootsOf(run, thread, about), run.execution.random);
  return isObject(values) ? values : undefined;
};

/** `exitWith` for a JSONPath state. */
export const exitWithPaths = (run: Run, thread: Thread, state: StateDefinition, result: Json): Exit => {
  const selector = state['ResultSelector'];
  const selected =
    selector === undefined ? result : fillPaths(selector, rootsOf(run, thread, result), run.execution.random);
  run.trial?.see('afterResultSelector', selected);
  const assigned = assignPaths(run, thread, state['Assign'], selected);
  const placed = placeAt(state['ResultPath'], thread.input, selected);
  run.trial?.see('afterResultPath', placed);
  return { output: selectFrom(state['OutputPath'], run, thread, placed), assigned };
};

/** `exitThrough` for a JSONPath state. */
export const exitThroughPaths = (run: Run, thread: Thread, state: StateDefinition, input: Json): Exit => {
  const assigned = assignPaths(run, thread, state['Assign'], input);
  return { output: selectFrom(state['OutputPath'], run, thread, input), assigned };
};

/** How a state with a result ends: ResultSelector, ResultPath and OutputPath, or Output; then Assign. */
export function* exitWith(run: Run, thread: Thread, state: StateDefinition, result: Json): Later<Exit> {
  if (usesJsonata(run, state)) {
    const output =
      state['Output'] === undefined ? result : yield* fill(run, thread, state['Output'], 'Output', { result });
    return { output, assigned: yield* assign(run, thread, state['Assign'], true, result, { result }) };
  }
  return exitWithPaths(run, thread, state, result);
}

/** How a state that only passes its input on ends (Wait, Succeed, Choice); a rule's fields have its place as their `prefix`. */
export function* exitThrough(run: Run, thread: Thread, state: StateDefinition, input: Json, prefix = ''): Later<Exit> {
  if (usesJsonata(run, state)) {
    const output =
      state['Output'] === undefined ? thread.input : yield* fill(run, thread, state['Output'], `${prefix}Output`);
    return { output, assigned: yield* assign(run, thread, state['Assign'], true, input, {}, prefix) };
  }
  return exitThroughPaths(run, thread, state, input);
}

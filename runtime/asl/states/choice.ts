import { ruleHolds } from '../choice/rule.ts';
import { runtimeError } from '../errors.ts';
import { exitThrough, exitThroughPaths, fill, rootsOf, selectFrom, usesJsonata } from '../fields.ts';
import { isObject, type JsonObject } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run, StateKind } from '../run.ts';
import type { Thread } from '../execution.ts';

const rulesOf = (state: StateDefinition): JsonObject[] =>
  Array.isArray(state['Choices']) ? state['Choices'].filter(isObject) : [];

const nextOf = (state: StateDefinition, rule: JsonObject | undefined): string => {
  const next = rule ? rule['Next'] : state['Default'];
  if (typeof next === 'string') return next;
  // Whatever the language's specification says of States.NoChoiceMatched: no catcher could name it, a Choice state has none.
  throw runtimeError('Failed to transition out of the state. The state does not point to a next state.');
};

/** The first rule that applies, with its place for error messages. */
function* decide(
  run: Run,
  thread: Thread,
  state: StateDefinition,
): Later<readonly [rule: JsonObject, index: number] | undefined> {
  for (const [i, rule] of rulesOf(state).entries()) {
    const field = `Choices[${i}]/Condition`;
    const written = rule['Condition'] ?? false;
    const holds = yield* fill(run, thread, written, field);
    checkType(written, field, holds, 'boolean');
    if (holds === true) return [rule, i] as const;
  }
  return undefined;
}

export const choice: StateKind = {
  *begin(run, thread, state) {
    if (!usesJsonata(run, state)) return this.beginPaths?.(run, thread, state);
    const [rule, index] = (yield* decide(run, thread, state)) ?? [];
    const next = nextOf(state, rule);
    const decided = rule ? withOwn(state, rule) : state;
    const prefix = index === undefined ? '' : `Choices[${index}]/`;
    return { ...(yield* exitThrough(run, thread, decided, thread.input, prefix)), next };
  },
  beginPaths(run, thread, state) {
    const input = selectFrom(state['InputPath'], run, thread, thread.input);
    const roots = rootsOf(run, thread, input);
    const rule = rulesOf(state).find((r) => ruleHolds(r, roots));
    const next = nextOf(state, rule);
    const { output, assigned } = exitThroughPaths(run, thread, rule ? withOwn(state, rule) : state, input);
    return { output, assigned, next };
  },
};

/** A rule that applies brings its own Output and Assign; those of the state belong to its Default. */
const own = new WeakMap<JsonObject, StateDefinition>();

const withOwn = (state: StateDefinition, rule: JsonObject): StateDefinition => {
  const known = own.get(rule);
  if (known) return known;
  const { Output, Assign } = rule;
  const { Output: _output, Assign: _assign, ...rest } = state;
  const made: StateDefinition = {
    ...rest,
    Type: state.Type,
    ...(Output !== undefined && { Output }),
    ...(Assign !== undefined && { Assign }),
  };
  own.set(rule, made);
  return made;
};

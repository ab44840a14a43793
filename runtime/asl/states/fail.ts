import { StatesError, runtimeError } from '../errors.ts';
import { fill, rootsOf, usesJsonata } from '../fields.ts';
import type { Json } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run, StateKind } from '../run.ts';
import { resolve } from '../template.ts';
import type { Thread } from '../execution.ts';

/** Error or Cause: a text, an expression, or the path or intrinsic function of ErrorPath and CausePath. */
function* textOf(
  run: Run,
  thread: Thread,
  state: StateDefinition,
  field: 'Error' | 'Cause',
): Later<string | undefined> {
  const path = state[`${field}Path`];
  let value: Json | undefined = state[field];
  if (typeof path === 'string') {
    value = resolve(`${field}Path`, path, rootsOf(run, thread, thread.input), run.execution.random);
    if (typeof value !== 'string') throw runtimeError(`The ${field}Path field must refer to a string: ${path}`);
  } else if (value !== undefined && usesJsonata(run, state)) {
    value = yield* fill(run, thread, value, field);
    checkType(state[field] ?? null, field, value, 'string');
  }
  return typeof value === 'string' ? value : undefined;
}

export const fail: StateKind = {
  *begin(run, thread, state) {
    const error = yield* textOf(run, thread, state, 'Error');
    throw new StatesError(error, yield* textOf(run, thread, state, 'Cause'));
  },
};

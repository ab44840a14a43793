/** MaxConcurrency and the tolerated failures of a Map state, as numbers, paths or expressions. */
import { queryError, runtimeError } from '../errors.ts';
import { fill, pathField, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import type { Json } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run } from '../run.ts';
import type { Thread } from '../execution.ts';

/** AWS runs at most this many iterations of an inline Map at once. */
export const inlineLimit = 40;

/** … and this many child executions of a distributed one. */
export const distributedLimit = 10_000;

const number = (value: Json): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
};

/** The value of a limit; undefined when the state does not set it. */
export function* limitOf(
  run: Run,
  thread: Thread,
  state: StateDefinition,
  field: string,
  whole: boolean,
): Later<number | undefined> {
  const path = state[`${field}Path`];
  const kind = whole ? 'integer' : 'float';
  if (typeof path === 'string') {
    const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
    const value = pathField(path, rootsOf(run, thread, input));
    const limit = number(value);
    if (limit !== undefined && (!whole || Number.isInteger(limit))) return limit;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    throw runtimeError(`The ${field}Path field refers to value "${text}" which is not a valid ${kind}: ${path}`);
  }
  const written = state[field];
  if (written === undefined) return undefined;
  const value = usesJsonata(run, state) ? yield* fill(run, thread, written, field) : written;
  checkType(written, field, value, 'number');
  const limit = Number(value);
  if (!whole || Number.isInteger(limit)) return limit;
  throw queryError(`The ${field} field cannot be parsed as an ${kind}: ${JSON.stringify(value)}`, field);
}

/** How many iterations may walk at once. */
export function* concurrencyOf(run: Run, thread: Thread, state: StateDefinition, most: number): Later<number> {
  const limit = (yield* limitOf(run, thread, state, 'MaxConcurrency', true)) ?? 0;
  if (limit < 0) throw runtimeError('MaxConcurrency cannot be negative.');
  run.trial?.see('maxConcurrency', limit);
  return limit === 0 ? most : Math.min(limit, most);
}

/** How many failed iterations a Map state bears; undefined when the first one fails it. */
export function* toleratedOf(run: Run, thread: Thread, state: StateDefinition) {
  const count = yield* limitOf(run, thread, state, 'ToleratedFailureCount', true);
  const percentage = yield* limitOf(run, thread, state, 'ToleratedFailurePercentage', false);
  if (count !== undefined && count < 0) throw runtimeError('ToleratedFailureCount cannot be negative.');
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    throw runtimeError('ToleratedFailurePercentage must be between 0 and 100.');
  }
  if (count !== undefined) run.trial?.see('toleratedFailureCount', count);
  if (percentage !== undefined) run.trial?.see('toleratedFailurePercentage', percentage);
  return count === undefined && percentage === undefined ? undefined : { count, percentage };
}

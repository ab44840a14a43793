/** What a Map state works on: its items, and the input each of them makes. */
import { contextOf } from '../context.ts';
import { queryError, runtimeError } from '../errors.ts';
import type { Thread } from '../execution.ts';
import { fill, pathField, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import { follow } from '../jsonpath/evaluate.ts';
import { parsePath } from '../jsonpath/parse.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run } from '../run.ts';
import { stepConflict } from '../resultPath.ts';
import { fillPaths } from '../template.ts';

/** `$$.Map.Item` */
export type MapItem = {
  Index: number;
  /** The name of a member, where the items are those of an object. */
  Key?: string;
  Value: Json;
  /** STATE_DATA, or the URI of the object in S3 that the item was read from. */
  Source?: string;
};

/** The items of a Map state without ItemReader. */
export function* itemsOf(run: Run, thread: Thread, state: StateDefinition): Later<Json[]> {
  const value = yield* collectionOf(run, thread, state, false);
  return Array.isArray(value) ? value : [];
}

/** The same of a distributed one, which also takes the members of an object. */
export function* collectionOf(
  run: Run,
  thread: Thread,
  state: StateDefinition,
  objects: boolean,
): Later<Json[] | JsonObject> {
  if (usesJsonata(run, state)) {
    const written = state['Items'];
    const value = written === undefined ? thread.input : yield* fill(run, thread, written, 'Items');
    if (Array.isArray(value) || (objects && isObject(value))) return value;
    if (written !== undefined) checkType(written, 'Items', value, 'array');
    throw queryError(`Map state input must be an array but was: ${JSON.stringify(value)}`);
  }
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  const source = typeof state['ItemsPath'] === 'string' ? state['ItemsPath'] : '$';
  const path = parsePath(source);
  const roots = rootsOf(run, thread, input);
  const found = follow(path, roots);
  if (!found.found) {
    if (path.root.kind === 'variable') return pathField(source, roots) as Json[];
    throw stepConflict(path.steps[found.at], path.root.kind === 'context' ? roots.context : input);
  }
  if (Array.isArray(found.value) || (objects && isObject(found.value))) return found.value;
  // AWS follows a path of the Context Object without its first `$`, and shows it like that.
  throw runtimeError(`Reference path "${source.startsWith('$$') ? source.slice(1) : source}" must point to array.`);
}

/** Input of one iteration; `item` is what the Context Object says of it. */
export function* inputOf(run: Run, thread: Thread, state: StateDefinition, item: MapItem): Later<Json> {
  const selector = state['ItemSelector'] ?? state['Parameters'];
  if (selector === undefined) return item.Key === undefined ? item.Value : { Key: item.Key, Value: item.Value };
  const context = { ...contextOf(run, thread), Map: { Item: item } };
  if (usesJsonata(run, state)) return yield* fill(run, thread, selector, 'ItemSelector', { context });
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  return fillPaths(selector, rootsOf(run, thread, input, context), run.execution.random);
}

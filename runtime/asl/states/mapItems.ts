/** What a Map state works on: its items, and the input each of them makes. */
import { contextOf } from '../context.ts';
import { queryError, runtimeError } from '../errors.ts';
import type { Thread } from '../execution.ts';
import { fill, pathField, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import type { Json } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import type { Run } from '../run.ts';
import { fillPaths } from '../template.ts';

/** `$$.Map.Item` */
export type MapItem = {
  Index: number;
  Value: Json;
  /** STATE_DATA, or the URI of the object in S3 that the item was read from. */
  Source?: string;
};

/** The items of a Map state without ItemReader. */
export function* itemsOf(run: Run, thread: Thread, state: StateDefinition): Later<Json[]> {
  if (usesJsonata(run, state)) {
    const written = state['Items'];
    const value = written === undefined ? thread.input : yield* fill(run, thread, written, 'Items');
    if (Array.isArray(value)) return value;
    if (written !== undefined) checkType(written, 'Items', value, 'array');
    throw queryError(`Map state input must be an array but was: ${JSON.stringify(value)}`);
  }
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  const path = typeof state['ItemsPath'] === 'string' ? state['ItemsPath'] : '$';
  const value = pathField(path, rootsOf(run, thread, input));
  if (!Array.isArray(value)) {
    // AWS follows a path of the Context Object without its first `$`, and shows it like that.
    if (path.startsWith('$$')) throw runtimeError(`Reference path "${path.slice(1)}" must point to array.`);
    throw runtimeError(`Reference path "${path}" must point to array but was: ${JSON.stringify(value)}`);
  }
  return value;
}

/** Input of one iteration; `item` is what the Context Object says of it. */
export function* inputOf(run: Run, thread: Thread, state: StateDefinition, item: MapItem): Later<Json> {
  const selector = state['ItemSelector'] ?? state['Parameters'];
  if (selector === undefined) return item.Value;
  const context = { ...contextOf(run, thread), Map: { Item: item } };
  if (usesJsonata(run, state)) return yield* fill(run, thread, selector, 'ItemSelector', { context });
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  return fillPaths(selector, rootsOf(run, thread, input, context), run.execution.random);
}

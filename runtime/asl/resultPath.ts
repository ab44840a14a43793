import { runtimeError, StatesError } from './errors.ts';
import { isObject, member, type Json, type JsonObject } from './json.ts';
import { isReference, parsePath, type Step } from './jsonpath/parse.ts';

const conflict = (what: string, input: Json) =>
  new StatesError('States.ReferencePathConflict', `Unable to apply ${what} to input ${JSON.stringify(input)}`);

/** A reference path leads nowhere in `input`, at this step of it. */
export const stepConflict = (step: Step | undefined, input: Json) => {
  const name = step?.kind === 'members' ? step.names[0] : step?.kind === 'indexes' ? step.indexes[0] : '';
  return conflict(`step "${name ?? ''}"`, input);
};

const place = (into: Json | undefined, steps: readonly Step[], at: number, value: Json, input: Json): Json => {
  const step = steps[at];
  if (!step) return value;
  if (step.kind === 'indexes') {
    const index = step.indexes[0] ?? 0;
    if (!Array.isArray(into) || index < 0 || index >= into.length) throw stepConflict(step, input);
    return into.with(index, place(into[index], steps, at + 1, value, input));
  }
  const name = step.kind === 'members' ? (step.names[0] ?? '') : '';
  if (into !== undefined && !isObject(into)) throw stepConflict(step, input);
  const placed = place(member(into, name), steps, at + 1, value, input);
  if (name === '__proto__') return { ...into, [name]: placed };
  // Several times as fast as a computed key in the literal.
  const copy: JsonObject = { ...into };
  copy[name] = placed;
  return copy;
};

/** ResultPath: the result in its place in a copy of the input; `null` keeps the input, nothing or `$` is the result alone. */
export const placeAt = (resultPath: Json | undefined, input: Json, result: Json): Json => {
  if (resultPath === null) return input;
  if (typeof resultPath !== 'string') return result;
  const path = parsePath(resultPath);
  if (!isReference(path)) throw runtimeError(`Invalid ResultPath '${resultPath}': not a Reference Path`);
  if (path.steps.length > 0 && (typeof input !== 'object' || input === null))
    throw conflict(`ReferencePath ${resultPath}`, input);
  return place(input, path.steps, 0, result, input);
};

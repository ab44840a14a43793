import { StatesError, runtimeError } from './errors.ts';
import { isObject, member, type Json } from './json.ts';
import { isReference, parsePath, type Step } from './jsonpath/parse.ts';

const place = (into: Json | undefined, steps: readonly Step[], at: number, value: Json): Json => {
  const step = steps[at];
  if (!step) return value;
  if (step.kind === 'indexes') {
    const index = step.indexes[0] ?? 0;
    if (!Array.isArray(into) || index < 0 || index >= into.length) {
      throw new StatesError(
        'States.ResultPathMatchFailure',
        'The ResultPath cannot be applied to the input of the state',
        { fault: true },
      );
    }
    return into.with(index, place(into[index], steps, at + 1, value));
  }
  const name = step.kind === 'members' ? (step.names[0] ?? '') : '';
  if (into !== undefined && !isObject(into)) {
    throw new StatesError(
      'States.ResultPathMatchFailure',
      'The ResultPath cannot be applied to the input of the state',
      { fault: true },
    );
  }
  return { ...into, [name]: place(member(into, name), steps, at + 1, value) };
};

/** ResultPath: the result in its place in a copy of the input; `null` keeps the input, nothing or `$` is the result alone. */
export const placeAt = (resultPath: Json | undefined, input: Json, result: Json): Json => {
  if (resultPath === null) return input;
  if (typeof resultPath !== 'string') return result;
  const path = parsePath(resultPath);
  if (!isReference(path)) throw runtimeError(`Invalid ResultPath '${resultPath}': not a Reference Path`);
  return place(input, path.steps, 0, result);
};

import type { Json } from '../json.ts';
import { object, refuse, text, type Intrinsic } from './arguments.ts';

/** States.JsonMerge(first, second, false): second wins; AWS has no deep merge yet. */
export const jsonMerge: Intrinsic = ([first, second, deep]) => {
  if (deep !== false) refuse('only shallow merging (false) is supported');
  return { ...object(first), ...object(second) };
};

/** States.StringToJson(text): blank text is null. */
export const stringToJson: Intrinsic = ([source]) => {
  const json = text(source);
  if (json.trim() === '') return null;
  let value: Json;
  try {
    value = JSON.parse(json) as Json;
  } catch {
    return refuse('the text is not JSON');
  }
  return Object.is(value, -0) ? 0 : value;
};

/** States.JsonToString(value): compact JSON. */
export const jsonToString: Intrinsic = ([value = null]) => JSON.stringify(value);

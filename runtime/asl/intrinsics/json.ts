import type { Json } from '../json.ts';
import { faultIn } from '../validate/jsonFault.ts';
import { object, refuse, text, type Intrinsic } from './arguments.ts';

/** States.JsonMerge(first, second, false): second wins; AWS has no deep merge yet, and takes anything but true for false. */
export const jsonMerge: Intrinsic = ([first, second, deep]) => {
  if (deep === true) refuse();
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
    return refuse(`Cannot convert String to Json in States.StringToJson, caused by: ${jacksonFault(json)}`);
  }
  return Object.is(value, -0) ? 0 : value;
};

const source = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); ';

/** The parser of this function is newer than the API's: it hides the text, and points at a wrong character instead of behind it. */
const jacksonFault = (json: string): string => {
  const { what, at, last, opened } = faultIn(json);
  const place = (index: number) => {
    const lines = json.slice(0, index).split('\n');
    return `${source}line: ${lines.length}, column: ${(lines.at(-1) ?? '').length + 1}]`;
  };
  const start = opened === undefined ? '' : ` (start marker at ${place(opened)})`;
  return `${what}${start}\n at ${place(last ? at - 1 : at)}`;
};

/** States.JsonToString(value): compact JSON. */
export const jsonToString: Intrinsic = ([value = null]) => JSON.stringify(value);

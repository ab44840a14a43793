/** Payload templates of JSONPath: whether they can be read at all. */
import { isObject, type Json } from '../json.ts';
import { intrinsics } from '../intrinsics/index.ts';
import { parseIntrinsic, type IntrinsicCall } from '../intrinsics/parse.ts';
import { parsePath } from '../jsonpath/parse.ts';
import type { Report } from './diagnostic.ts';

/** How many arguments there are is not looked at before the call. */
const knownCall = ({ name, args }: IntrinsicCall): boolean =>
  Object.hasOwn(intrinsics, name) && args.every((a) => a.kind !== 'call' || knownCall(a.call));

/** Whether a text is a path or a call of an intrinsic function. */
export const isReadable = (text: string): boolean => {
  try {
    if (!text.startsWith('$')) return knownCall(parseIntrinsic(text));
    parsePath(text);
    return true;
  } catch {
    return false;
  }
};

export const isPath = (value: Json | undefined): boolean =>
  typeof value === 'string' && value.startsWith('$') && isReadable(value);

/** Checks the `.$` fields of a JSONPath template. */
export const checkPaths = (template: Json, location: string, report: Report) => {
  if (Array.isArray(template)) {
    for (const [i, item] of template.entries()) checkPaths(item, `${location}[${i}]`, report);
  } else if (isObject(template)) {
    for (const [key, value] of Object.entries(template)) {
      if (!key.endsWith('.$')) checkPaths(value, `${location}/${key}`, report);
      else if (typeof value !== 'string' || !isReadable(value)) {
        report(
          location,
          `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`,
        );
      }
    }
  }
};

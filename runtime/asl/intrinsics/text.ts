import type { Json } from '../json.ts';
import { nextUuid } from '../random.ts';
import { refuse, text, type Intrinsic } from './arguments.ts';

/** AWS prints what is not a string as Java does: `{a=1, b=[]}`. */
const javaText = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}=${javaText(inner)}`)
    .join(', ')}}`;
};

/** States.Format(template, value for each {}): `\{` and `\}` stand for braces. */
export const format: Intrinsic = ([template, ...values]) => {
  let used = 0;
  const filled = text(template).replaceAll(/\\([{}])|\{\}/g, (_, brace?: string) => {
    if (brace !== undefined) return brace;
    const value = values[used++];
    return value === undefined ? refuse('there are fewer arguments than {}') : javaText(value);
  });
  return used < values.length ? refuse('there are more arguments than {}') : filled;
};

/** States.StringSplit(text, delimiters): each character of the second splits; empty parts are dropped. */
export const stringSplit: Intrinsic = ([source, delimiters]) => {
  const at = new Set(text(delimiters));
  const parts: string[] = [];
  let part = '';
  for (const character of text(source)) {
    if (!at.has(character)) part += character;
    else if (part !== '') {
      parts.push(part);
      part = '';
    }
  }
  return part === '' ? parts : [...parts, part];
};

/** States.UUID() */
export const uuid: Intrinsic = (_, random) => nextUuid(random);

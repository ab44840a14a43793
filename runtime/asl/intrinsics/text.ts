import { nextUuid } from '../random.ts';
import { refuse, text, type Intrinsic } from './arguments.ts';
import { javaText } from './javaText.ts';

/** States.Format(template, value for each {}): `\{` and `\}` stand for braces. */
export const format: Intrinsic = ([template, ...values]) => {
  let used = 0;
  const filled = text(template).replaceAll(/\\([{}])|\{\}|([{}])/g, (_, escaped?: string, lone?: string) => {
    if (escaped !== undefined) return escaped;
    if (lone !== undefined)
      refuse(`Invalid template in States.Format: matching '${lone === '{' ? '}' : '{'}' not found for '${lone}'.`);
    const value = values[used++];
    return value === undefined ? refuse() : javaText(value);
  });
  return used < values.length ? refuse() : filled;
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

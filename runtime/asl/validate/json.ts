/** Reads JSON and says of bad JSON what Jackson, AWS's parser, says of it. */
import { faultIn } from './jsonFault.ts';
import type { Json } from '../json.ts';

export class JsonSyntaxError extends Error {
  readonly location: string;
  /** The message without its place. */
  readonly what: string;

  /** `location` is `[Source: (String)"…"; line: 1, column: 4]`. */
  constructor(message: string, location: string) {
    super(`${message}\n at ${location}`);
    this.location = location;
    this.what = message;
  }
}

/** Jackson quotes this much of a source. */
const quotedSource = 500;

const placeOf = (text: string, at: number) => {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const shown =
    text.length > quotedSource
      ? `${text.slice(0, quotedSource)}"[truncated ${text.length - quotedSource} chars]`
      : `${text}"`;
  return `[Source: (String)"${shown}; line: ${line}, column: ${at - before.lastIndexOf('\n')}]`;
};

/** Throws JsonSyntaxError. */
export const parseJson = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const { what, at, opened } = faultIn(text);
    const start = opened === undefined ? '' : ` (start marker at ${placeOf(text, opened)})`;
    throw new JsonSyntaxError(`${what}${start}`, placeOf(text, at));
  }
};

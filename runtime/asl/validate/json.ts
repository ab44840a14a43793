/** Reads JSON and says of bad JSON what Jackson, AWS's parser, says of it. */
import type { Json } from '../json.ts';

export class JsonSyntaxError extends Error {
  readonly location: string;

  /** `location` is `[Source: (String)"…"; line: 1, column: 4]`. */
  constructor(message: string, location: string) {
    super(`${message}\n at ${location}`);
    this.location = location;
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
  } catch (error) {
    const word = /^\s*([A-Za-z_$][\w$]*)/.exec(text);
    if (word?.[1] !== undefined) {
      const behind = (word.index ?? 0) + word[0].length;
      throw new JsonSyntaxError(
        `Unrecognized token '${word[1]}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
        placeOf(text, behind),
      );
    }
    if (text.trim() === '') throw new JsonSyntaxError('No content to map due to end-of-input', placeOf(text, 0));
    const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    const character = text[at];
    throw character === undefined
      ? new JsonSyntaxError('Unexpected end-of-input', placeOf(text, text.length))
      : new JsonSyntaxError(
          `Unexpected character ('${character}' (code ${character.charCodeAt(0)}))`,
          placeOf(text, at),
        );
  }
};

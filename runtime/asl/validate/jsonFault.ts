/** Finds the first fault of a text that is not JSON, and words it as Jackson does. */

export interface Fault {
  what: string;
  /** How many characters had been read. */
  at: number;
  /** The last of them is the one that is wrong. */
  last?: boolean;
  /** Where the object or array begins that is never closed. */
  opened?: number;
}

class Found extends Error {
  readonly fault: Fault;

  constructor(what: string, at: number, more?: Partial<Fault>) {
    super(what);
    this.fault = { what, at, ...more };
  }
}

const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** The first fault of a text that JSON.parse refuses. */
export const faultIn = (text: string): Fault => {
  let at = 0;
  const ended = (what: string, more?: Partial<Fault>): never => {
    throw new Found(`Unexpected end-of-input${what}`, text.length, more);
  };
  const unexpected = (what: string): never => {
    const character = text[at] ?? '';
    throw new Found(`Unexpected character ('${character}' (code ${character.charCodeAt(0)})): ${what}`, at + 1, {
      last: true,
    });
  };
  const skip = () => {
    while (' \t\r\n'.includes(text[at] ?? 'x')) at++;
  };
  const string = (where: string): void => {
    for (at++; text[at] !== '"'; at++) {
      const character = text[at];
      if (character === undefined) throw new Found(`Unexpected end-of-input${where}`, at);
      if (character < ' ') {
        throw new Found(
          `Illegal unquoted character ((CTRL-CHAR, code ${character.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
          at + 1,
          { last: true },
        );
      }
      if (character !== '\\') continue;
      const escaped = text[++at];
      if (escaped === undefined) throw new Found('Unexpected end-of-input in character escape sequence', at);
      if (!'"\\/bfnrtu'.includes(escaped))
        throw new Found(`Unrecognized character escape '${escaped}' (code ${escaped.charCodeAt(0)})`, at + 1, {
          last: true,
        });
    }
    at++;
  };
  const number = () => {
    const [digits = ''] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(at)) ?? [];
    if (digits === '') {
      at++;
      if (text[at] === undefined) ended('');
      unexpected('expected digit (0-9) to follow minus sign, for valid numeric value');
    }
    at += digits.length;
  };
  const token = () => {
    const [word = ''] = /^[\p{L}\p{N}_$]*/u.exec(text.slice(at)) ?? [];
    if (word === '') unexpected(`expected a valid value ${values}`);
    at += word.length;
    if (!['null', 'true', 'false'].includes(word))
      throw new Found(`Unrecognized token '${word}': was expecting ${values}`, at);
  };
  const entries = (close: string, kind: 'Object' | 'Array', entry: () => void) => {
    const where = `: expected close marker for ${kind}`;
    const opened = at++;
    skip();
    if (text[at] === close) return void at++;
    for (;;) {
      skip();
      if (text[at] === undefined) ended(where, { opened });
      entry();
      skip();
      if (text[at] === undefined) ended(where, { opened });
      if (text[at] === close) return void at++;
      if (text[at] !== ',') unexpected(`was expecting comma to separate ${kind} entries`);
      at++;
    }
  };
  const value = (): void => {
    skip();
    const first = text[at];
    if (first === undefined) ended('');
    else if (first === '{') {
      entries('}', 'Object', () => {
        if (text[at] !== '"') unexpected('was expecting double-quote to start field name');
        string(' in field name');
        skip();
        if (text[at] === undefined) ended(' within/between Object entries');
        if (text[at] !== ':') unexpected('was expecting a colon to separate field name and value');
        at++;
        value();
      });
    } else if (first === '[') entries(']', 'Array', value);
    else if (first === '"') string(': was expecting closing quote for a string value');
    else if (first === '-' || (first >= '0' && first <= '9')) number();
    else token();
  };
  try {
    if (text.trim() === '') return { what: 'No content to map due to end-of-input', at: 0 };
    value();
    skip();
    if (text[at] !== undefined) token();
    return { what: 'Unexpected content after the value', at };
  } catch (error) {
    if (error instanceof Found) return error.fault;
    // As deep as the stack: Jackson has a limit of its own.
    return { what: 'Document nesting depth exceeds the maximum allowed', at };
  }
};

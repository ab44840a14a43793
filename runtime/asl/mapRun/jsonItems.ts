/** Items of a JSON text as it arrives: only the element at hand is held. */
import type { Json } from '../json.ts';
import { mostCharacters, tooLong } from './text.ts';

const notIterable = () => new Error('Attempting to map over non-iterable node.');

const faulty = (why: string, cause?: unknown) => new Error(`Attempting to parse JSON failed: ${why}`, { cause });

/** Throws an error whose message is the cause that the machine sees. */
export const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw faulty((error as Error).message, error);
  }
};

/** What ItemsPointer points at must begin within this many characters. */
const pointerReach = 16 * 1024 ** 2;

const space = /[ \t\r\n]/;

/** Walks over a JSON text value by value. */
const walker = (pieces: AsyncIterator<string>) => {
  let text = '';
  let at = 0;
  let passed = 0;

  /** Drops what was walked over and appends the next piece; false at the end. */
  const more = async (): Promise<boolean> => {
    const next = await pieces.next();
    if (next.done) return false;
    passed += at;
    text = text.slice(at) + next.value;
    at = 0;
    return true;
  };

  /** The next character that is no white space. */
  const peek = async (): Promise<string | undefined> => {
    for (;;) {
      while (at < text.length && space.test(text[at] ?? '')) at++;
      if (at < text.length) return text[at];
      if (!(await more())) return undefined;
    }
  };

  const expect = async (wanted: string): Promise<string> => {
    const found = await peek();
    if (found === undefined) throw faulty('Unexpected end of JSON input');
    if (!wanted.includes(found)) throw faulty(`Unexpected token '${found}' at position ${passed + at}`);
    at++;
    return found;
  };

  /** Finds the end of the value that begins here; `over` is told of what must not be kept. */
  const scan = async (keep: boolean): Promise<string> => {
    if ((await peek()) === undefined) throw faulty('Unexpected end of JSON input');
    let depth = 0;
    let inText = false;
    let i = at;
    for (;;) {
      for (; i < text.length; i++) {
        const c = text.charCodeAt(i);
        if (inText) {
          if (c === 92) {
            // The character after a backslash may not have arrived yet.
            if (i + 1 >= text.length) break;
            i++;
          } else if (c === 34) {
            inText = false;
            if (depth === 0) return end(i + 1);
          }
        } else if (c === 34) inText = true;
        else if (c === 123 || c === 91) depth++;
        else if (c === 125 || c === 93) {
          if (depth === 0) return end(i);
          if (--depth === 0) return end(i + 1);
        } else if (depth === 0 && (c === 44 || c === 58 || c === 32 || (c >= 9 && c <= 13))) return end(i);
      }
      if (keep && i - at > mostCharacters) throw tooLong('JSON element');
      if (!keep) at = i;
      i -= at;
      if (!(await more())) return end(text.length);
    }
  };

  const end = (to: number): string => {
    const value = text.slice(at, to);
    at = to;
    return value;
  };

  return {
    peek,
    expect,
    value: async (): Promise<Json> => parsed(await scan(true)),
    skip: async (): Promise<void> => void (await scan(false)),
    position: () => passed + at,
  };
};

type Walker = ReturnType<typeof walker>;

/** Stops before the value of the member or element `key` of what begins here. */
const enter = async (walk: Walker, key: string): Promise<void> => {
  const open = await walk.peek();
  if (open !== '{' && open !== '[') throw notIterable();
  const close = open === '{' ? '}' : ']';
  await walk.expect(open);
  if ((await walk.peek()) === close) throw notIterable();
  for (let index = 0; ; index++) {
    const name = open === '{' ? await walk.value() : String(index);
    if (open === '{') await walk.expect(':');
    if (walk.position() > pointerReach)
      throw new Error(`What ItemsPointer points at does not begin within the first ${pointerReach} characters.`);
    if (name === key) return;
    await walk.skip();
    if ((await walk.expect(`,${close}`)) === close) throw notIterable();
  }
};

/** An element of an array, or a member of an object with its name. */
export interface Element {
  value: Json;
  key?: string;
}

async function* elements(walk: Walker): AsyncGenerator<Element> {
  await walk.expect('[');
  if ((await walk.peek()) === ']') {
    await walk.expect(']');
    return;
  }
  do yield { value: await walk.value() };
  while ((await walk.expect(',]')) === ',');
}

async function* members(walk: Walker): AsyncGenerator<Element> {
  await walk.expect('{');
  if ((await walk.peek()) === '}') {
    await walk.expect('}');
    return;
  }
  do {
    const key = await walk.value();
    if (typeof key !== 'string') throw faulty('The name of a member must be a text');
    await walk.expect(':');
    yield { key, value: await walk.value() };
  } while ((await walk.expect(',}')) === ',');
}

/** Elements of the array, or members of the object, that is the text or that `pointer` (RFC 6901) points at in it. */
export async function* jsonItems(pieces: AsyncIterable<string>, pointer: string | undefined): AsyncGenerator<Element> {
  const source = pieces[Symbol.asyncIterator]();
  try {
    const walk = walker(source);
    const keys = pointer?.split('/').slice(1) ?? [];
    for (const key of keys) await enter(walk, key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const open = await walk.peek();
    if (open === '[') yield* elements(walk);
    else if (open === '{') yield* members(walk);
    else {
      // A text that is no JSON at all is told as that.
      await walk.value();
      throw notIterable();
    }
    const after = pointer === undefined ? await walk.peek() : undefined;
    if (after !== undefined) throw faulty(`Unexpected token '${after}' at position ${walk.position()}`);
  } finally {
    await source.return?.();
  }
}

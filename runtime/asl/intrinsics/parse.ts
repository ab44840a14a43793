/** Intrinsic function calls: `States.Format('{} of {}', $.done, States.ArrayLength($.all))`. https://states-language.net/spec.html#appendix-b */
import type { Json } from '../json.ts';
import { PathSyntaxError, readPath, type Path } from '../jsonpath/parse.ts';

export type Argument =
  { kind: 'literal'; value: Json } | { kind: 'path'; path: Path } | { kind: 'call'; call: IntrinsicCall };

export interface IntrinsicCall {
  source: string;
  /** `States.Format` */
  name: string;
  args: readonly Argument[];
}

const functionName = /[A-Za-z][\w.]*(?=\s*\()/y;
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y;
/** A quoted string; the escapes are \', \{, \} and \\ and nothing else. */
const quoted = /'((?:\\['{}\\]|[^'\\])*)'/y;

/** Braces keep their backslash: to States.Format `\{` is no placeholder. */
const unescape = (text: string) => text.replaceAll(/\\([^{}])/g, '$1');

const read = (source: string, at: number): { call: IntrinsicCall; end: number } => {
  let i = at;
  const sticky = (pattern: RegExp) => {
    pattern.lastIndex = i;
    const match = pattern.exec(source);
    if (match) i = pattern.lastIndex;
    return match;
  };
  const blank = () => sticky(/\s*/y);
  const argument = (): Argument => {
    if (source[i] === '$') {
      const { path, end } = readPath(source, i);
      i = end;
      return { kind: 'path', path };
    }
    const text = sticky(quoted);
    if (text) return { kind: 'literal', value: unescape(text[1] ?? '') };
    const value = sticky(plain)?.[0];
    if (value !== undefined) return { kind: 'literal', value: JSON.parse(value) as Json };
    const { call, end } = read(source, i);
    i = end;
    return { kind: 'call', call };
  };
  const name = sticky(functionName)?.[0];
  if (name === undefined) throw new PathSyntaxError(`An intrinsic function is expected at ${i}: ${source}`);
  blank();
  i++;
  const args: Argument[] = [];
  for (blank(); source[i] !== ')'; blank()) {
    if (args.length > 0) {
      if (source[i] !== ',') throw new PathSyntaxError(`Expected ',' or ')' at ${i}: ${source}`);
      i++;
      blank();
    }
    args.push(argument());
  }
  i++;
  return { call: { source: source.slice(at, i), name, args }, end: i };
};

const parsed = new Map<string, IntrinsicCall>();

/** Parses a whole string as one call; throws PathSyntaxError. */
export const parseIntrinsic = (source: string): IntrinsicCall => {
  const known = parsed.get(source);
  if (known) return known;
  const { call, end } = read(source, 0);
  if (source.slice(end).trim() !== '')
    throw new PathSyntaxError(`Cannot read '${source.slice(end)}' behind ${call.source}`);
  if (parsed.size >= 10_000) parsed.clear();
  parsed.set(source, call);
  return call;
};

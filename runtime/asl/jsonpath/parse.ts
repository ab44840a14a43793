/**
 * The JSONPath Step Functions understands, which is Jayway's: members, indexes, slices, unions, wildcards, deep scan, filters
 * and a function at the end. https://states-language.net/spec.html#path, https://github.com/json-path/JsonPath
 */
import { parseFilter, type Filter } from './filter.ts';

export type Step =
  | { kind: 'members'; names: readonly string[] }
  | { kind: 'indexes'; indexes: readonly number[] }
  | { kind: 'slice'; from: number | undefined; to: number | undefined; by: number }
  | { kind: 'all' }
  | { kind: 'filter'; filter: Filter }
  | { kind: 'deep' }
  | { kind: 'call'; name: string };

/** `$` is the input, `$$` the context object, `$name` a variable. */
export type Root = { kind: 'input' } | { kind: 'context' } | { kind: 'variable'; name: string } | { kind: 'item' };

export interface Path {
  source: string;
  root: Root;
  steps: readonly Step[];
  /** Leads to at most one value. */
  definite: boolean;
}

export class PathSyntaxError extends Error {}

const name = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_$-]*/uy;
const memberName = /[^.[\]()\s,'"*?@:=!<>&|/]+/uy;
const subscript =
  /\[\s*(?:(?<all>\*)|(?<slice>(?<from>-?\d+)?\s*:\s*(?<to>-?\d+)?(?:\s*:\s*(?<by>-?\d+)?)?)|(?<indexes>-?\d+(?:\s*,\s*-?\d+)*)|(?<names>(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")(?:\s*,\s*(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))*))\s*\]/y;
const quoted = /'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/g;

/** Only the quote and the backslash itself are escaped; before anything else a backslash is part of the name. */
const unescape = (text: string) => text.replaceAll(/\\(['\\])/g, '$1');
const number = (text: string | undefined) => (text === undefined || text === '' ? undefined : Number(text));

/** Reads a path that begins at `at`; the place behind it is where the caller goes on (paths stand inside filters and intrinsics). */
export const readPath = (source: string, at: number): { path: Path; end: number } => {
  let i = at;
  const sticky = (pattern: RegExp) => {
    pattern.lastIndex = i;
    const match = pattern.exec(source);
    if (match) i = pattern.lastIndex;
    return match;
  };
  const root = ((): Root => {
    if (source[i] === '@') {
      i++;
      return { kind: 'item' };
    }
    if (source[i] !== '$') throw new PathSyntaxError(`A path starts with '$': ${source}`);
    i++;
    if (source[i] === '$') {
      i++;
      return { kind: 'context' };
    }
    const variable = sticky(name)?.[0];
    return variable === undefined ? { kind: 'input' } : { kind: 'variable', name: variable };
  })();
  const steps: Step[] = [];
  for (;;) {
    if (source[i] === '[') steps.push(readSubscript());
    else if (source[i] === '.') {
      i++;
      if (source[i] === '.') {
        i++;
        steps.push({ kind: 'deep' });
      }
      if (source[i] === '[') continue;
      if (source[i] === '*') {
        i++;
        steps.push({ kind: 'all' });
        continue;
      }
      const member = sticky(memberName)?.[0];
      if (member === undefined) throw new PathSyntaxError(`A name is missing behind '.': ${source}`);
      if (source.startsWith('()', i)) {
        i += 2;
        steps.push({ kind: 'call', name: member });
      } else steps.push({ kind: 'members', names: [member] });
    } else break;
  }
  function readSubscript(): Step {
    if (/\[\s*\?/y.test(source.slice(i, i + 8)) || source.startsWith('[?', i)) {
      const { filter, end } = parseFilter(source, source.indexOf('?', i) + 1);
      i = end;
      while (source[i] === ' ') i++;
      if (source[i] !== ']') throw new PathSyntaxError(`The filter is not closed by ']': ${source}`);
      i++;
      return { kind: 'filter', filter };
    }
    const groups = sticky(subscript)?.groups;
    if (!groups) throw new PathSyntaxError(`Cannot read the brackets at ${i}: ${source}`);
    if (groups['all']) return { kind: 'all' };
    if (groups['slice'] !== undefined) {
      return { kind: 'slice', from: number(groups['from']), to: number(groups['to']), by: number(groups['by']) ?? 1 };
    }
    if (groups['indexes'] !== undefined) return { kind: 'indexes', indexes: groups['indexes'].split(',').map(Number) };
    const names = [...(groups['names'] ?? '').matchAll(quoted)].map((m) => unescape(m[1] ?? m[2] ?? ''));
    return { kind: 'members', names };
  }
  const definite = steps.every(
    (s) =>
      (s.kind === 'members' && s.names.length === 1) ||
      (s.kind === 'indexes' && s.indexes.length === 1) ||
      s.kind === 'call',
  );
  return { path: { source: source.slice(at, i), root, steps, definite }, end: i };
};

const parsed = new Map<string, Path>();

/** Parses a whole string as a path; throws PathSyntaxError. */
export const parsePath = (source: string): Path => {
  const known = parsed.get(source);
  if (known) return known;
  const { path, end } = readPath(source, 0);
  if (end !== source.length) throw new PathSyntaxError(`Cannot read '${source.slice(end)}' in the path ${source}`);
  if (parsed.size >= 10_000) parsed.clear();
  parsed.set(source, path);
  return path;
};

/** A Reference Path names exactly one place: only members and single indexes. */
export const isReference = (path: Path): boolean => path.definite && path.steps.every((s) => s.kind !== 'call');

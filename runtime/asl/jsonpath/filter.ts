/** Filters of JSONPath: `[?(@.price < 10 && @.kind == 'book')]`. */
import type { Json } from '../json.ts';
import { PathSyntaxError, readPath, type Path } from './parse.ts';

export type Operand =
  { kind: 'path'; path: Path } | { kind: 'literal'; value: Json } | { kind: 'pattern'; pattern: RegExp };

export type Filter =
  | { kind: 'or'; terms: readonly Filter[] }
  | { kind: 'and'; terms: readonly Filter[] }
  | { kind: 'not'; term: Filter }
  | { kind: 'exists'; path: Path }
  | { kind: 'compare'; operator: string; left: Operand; right: Operand };

const operators = /\s*(==|!=|<=|>=|=~|<|>|\bin\b|\bnin\b|\bsubsetof\b|\bcontains\b|\bsize\b|\bempty\b)\s*/y;
const literal = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y;

/** Parses the filter that begins at `at` of a path's text; gives the place behind it. */
export const parseFilter = (source: string, at: number): { filter: Filter; end: number } => {
  let i = at;
  const blank = () => {
    while (source[i] === ' ') i++;
  };
  const take = (text: string) => {
    blank();
    if (!source.startsWith(text, i)) return false;
    i += text.length;
    return true;
  };
  const sticky = (pattern: RegExp) => {
    pattern.lastIndex = i;
    const match = pattern.exec(source);
    if (match) i = pattern.lastIndex;
    return match;
  };
  const quoted = (): string | undefined => {
    const match = sticky(/'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/y);
    return match ? (match[1] ?? match[2] ?? '').replaceAll(/\\(.)/g, '$1') : undefined;
  };
  const list = (): Json[] => {
    const items: Json[] = [];
    while (!take(']')) {
      const item = operand();
      if (item.kind !== 'literal') throw new PathSyntaxError(`Lists in filters hold literals only: ${source}`);
      items.push(item.value);
      take(',');
    }
    return items;
  };
  const operand = (): Operand => {
    blank();
    if (source[i] === '@' || source[i] === '$') {
      const { path, end } = readPath(source, i);
      i = end;
      return { kind: 'path', path };
    }
    const text = quoted();
    if (text !== undefined) return { kind: 'literal', value: text };
    if (take('[')) return { kind: 'literal', value: list() };
    const pattern = sticky(/\/((?:\\.|[^/\\])+)\/([i]?)/y);
    if (pattern) return { kind: 'pattern', pattern: new RegExp(`^(?:${pattern[1]})$`, pattern[2]) };
    const plain = sticky(literal)?.[0];
    if (plain === undefined) throw new PathSyntaxError(`Cannot read the filter at ${i}: ${source}`);
    return { kind: 'literal', value: JSON.parse(plain) as Json };
  };
  const term = (): Filter => {
    if (take('!')) return { kind: 'not', term: term() };
    if (take('(')) {
      const inner = or();
      if (!take(')')) throw new PathSyntaxError(`The filter lacks a ')': ${source}`);
      return inner;
    }
    const left = operand();
    const operator = sticky(operators)?.[1];
    if (operator !== undefined) return { kind: 'compare', operator, left, right: operand() };
    if (left.kind !== 'path') throw new PathSyntaxError(`A filter compares or names a path: ${source}`);
    return { kind: 'exists', path: left.path };
  };
  const chain = (sign: string, kind: 'or' | 'and', next: () => Filter) => (): Filter => {
    const terms = [next()];
    while (take(sign)) terms.push(next());
    return terms.length === 1 && terms[0] ? terms[0] : { kind, terms };
  };
  const and = chain('&&', 'and', term);
  const or = chain('||', 'or', and);
  const filter = or();
  return { filter, end: i };
};

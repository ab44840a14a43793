/** The comparison operators of JSONPath choice rules; an operand of another type makes any of them false. */
import type { Json } from '../json.ts';
import { parseTimestamp } from '../timestamp.ts';

type Test = (value: Json, operand: Json) => boolean;

const text =
  (holds: (a: string, b: string) => boolean): Test =>
  (a, b) =>
    typeof a === 'string' && typeof b === 'string' && holds(a, b);

const numeric =
  (holds: (a: number, b: number) => boolean): Test =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' && holds(a, b);

const time =
  (holds: (a: number, b: number) => boolean): Test =>
  (a, b) => {
    const [x, y] = [parseTimestamp(a), parseTimestamp(b)];
    return x !== undefined && y !== undefined && holds(x, y);
  };

/** The texts between the stars of a pattern, in which `\*` is a star and `\\` a backslash. */
const piecesOf = (pattern: string): string[] => {
  const pieces = [''];
  for (const [token] of pattern.matchAll(/\\[*\\]|[\s\S]/g)) {
    if (token === '*') pieces.push('');
    else pieces[pieces.length - 1] += token.length === 2 ? token.slice(1) : token;
  }
  return pieces;
};

/** `*` stands for any characters. Each piece is looked for once, so that no pattern takes long. */
const matches = (value: string, pattern: string): boolean => {
  const [first = '', ...rest] = piecesOf(pattern);
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= value.length - last.length;
};

const orders = {
  Equals: <T>(a: T, b: T) => a === b,
  LessThan: <T>(a: T, b: T) => a < b,
  GreaterThan: <T>(a: T, b: T) => a > b,
  LessThanEquals: <T>(a: T, b: T) => a <= b,
  GreaterThanEquals: <T>(a: T, b: T) => a >= b,
} as const;

const family = (name: string, make: (holds: <T>(a: T, b: T) => boolean) => Test) =>
  Object.fromEntries(Object.entries(orders).map(([order, holds]) => [`${name}${order}`, make(holds)]));

/** By operator, each also with `Path` behind its name. */
export const comparisons: Readonly<Record<string, Test>> = {
  ...family('String', text),
  ...family('Numeric', numeric),
  ...family('Timestamp', time),
  BooleanEquals: (a, b) => typeof a === 'boolean' && a === b,
  StringMatches: text(matches),
  IsNull: (a, b) => (a === null) === b,
  IsString: (a, b) => (typeof a === 'string') === b,
  IsNumeric: (a, b) => (typeof a === 'number') === b,
  IsBoolean: (a, b) => (typeof a === 'boolean') === b,
  IsTimestamp: (a, b) => (parseTimestamp(a) !== undefined) === b,
};

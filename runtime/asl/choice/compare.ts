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

/** `*` stands for any characters, `\*` for a star and `\\` for a backslash. */
const matches = (value: string, pattern: string): boolean => {
  const source = pattern.replaceAll(
    /\\([*\\])|(\*)|([^*\\]+|\\)/g,
    (_, escaped?: string, star?: string, plain?: string) =>
      star ? '[\\s\\S]*' : (escaped ?? plain ?? '').replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
  );
  return new RegExp(`^${source}$`).test(value);
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

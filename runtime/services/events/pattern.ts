/**
 * EventBridge event patterns (EventBridge User Guide, "Content filtering in event patterns"): pure, compiled when a rule is
 * put so that a pattern which cannot be honoured is refused there and not ignored at delivery.
 */

/** Whether an event matches. */
export type Matcher = (event: unknown) => boolean;

/** A leaf test: `values` are the values at the pattern's path, empty when there is none. */
type Test = (values: readonly unknown[]) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Compiles a pattern. Throws Error saying what of it is wrong or not supported. */
export const compilePattern = (pattern: unknown): Matcher => {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw new Error('Pattern is not a non-empty object');
  return compileObject(pattern, '');
};

const compileObject = (pattern: Record<string, unknown>, path: string): Matcher => {
  const parts = Object.entries(pattern).map(([key, value]): Matcher => {
    const at = path ? `${path}.${key}` : key;
    if (key === '$or') return compileOr(value, at);
    if (Array.isArray(value)) return compileLeaf(key, value, at);
    if (!isObject(value)) throw new Error(`${at} must be an object or an array`);
    const inner = compileObject(value, at);
    return (event) => {
      const child = isObject(event) ? event[key] : undefined;
      // Inside arrays of objects any element may match.
      return Array.isArray(child) ? child.some(inner) : inner(child);
    };
  });
  return (event) => parts.every((part) => part(event));
};

const compileOr = (value: unknown, path: string): Matcher => {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject))
    throw new Error(`${path} must be an array of at least two objects`);
  const choices = value.map((choice) => compileObject(choice, path));
  return (event) => choices.some((choice) => choice(event));
};

const compileLeaf = (key: string, tests: readonly unknown[], path: string): Matcher => {
  if (tests.length === 0) throw new Error(`${path}: empty arrays are not allowed`);
  const compiled = tests.map((test) => compileTest(test, path));
  return (event) => {
    const found = isObject(event) ? event[key] : undefined;
    const values = found === undefined ? [] : Array.isArray(found) ? found : [found];
    return compiled.some((test) => test(values));
  };
};

const anyText =
  (test: (text: string) => boolean): Test =>
  (values) =>
    values.some((value) => typeof value === 'string' && test(value));

const text = (value: unknown, path: string): string => {
  if (typeof value !== 'string') throw new Error(`${path} must be a string`);
  return value;
};

type Builder = (argument: unknown, path: string) => Test;

const builders: Readonly<Record<string, Builder>> = {
  prefix(argument, path) {
    if (isObject(argument)) {
      const wanted = text(argument['equals-ignore-case'], `${path}.equals-ignore-case`).toLowerCase();
      return anyText((value) => value.toLowerCase().startsWith(wanted));
    }
    const wanted = text(argument, path);
    return anyText((value) => value.startsWith(wanted));
  },
  suffix(argument, path) {
    const wanted = text(argument, path);
    return anyText((value) => value.endsWith(wanted));
  },
  'equals-ignore-case'(argument, path) {
    const wanted = text(argument, path).toLowerCase();
    return anyText((value) => value.toLowerCase() === wanted);
  },
  wildcard(argument, path) {
    const parts = text(argument, path).split('*');
    return anyText((value) => matchesWildcard(parts, value));
  },
  exists(argument, path) {
    if (typeof argument !== 'boolean') throw new Error(`${path} must be true or false`);
    return (values) => values.length > 0 === argument;
  },
  'anything-but'(argument, path) {
    if (isObject(argument)) {
      const inner = compileTest(argument, path);
      return (values) => values.length > 0 && !inner(values);
    }
    const excluded = Array.isArray(argument) ? argument : [argument];
    return (values) => values.some((value) => !excluded.includes(value));
  },
  numeric(argument, path) {
    const checks = numericChecks(argument, path);
    return (values) => values.some((value) => typeof value === 'number' && checks.every((check) => check(value)));
  },
};

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

const numericChecks = (argument: unknown, path: string) => {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length % 2)
    throw new Error(`${path} must be an array of operators and numbers`);
  return Array.from({ length: argument.length / 2 }, (_, i) => {
    const compare = comparisons[String(argument[2 * i])];
    const limit: unknown = argument[2 * i + 1];
    if (!compare || typeof limit !== 'number') throw new Error(`${path} must be an array of operators and numbers`);
    return (value: number) => compare(value, limit);
  });
};

const compileTest = (test: unknown, path: string): Test => {
  if (!isObject(test)) {
    if (Array.isArray(test)) throw new Error(`${path}: arrays may not hold arrays`);
    return (values) => (test === null ? values.includes(null) : values.includes(test));
  }
  const [entry, ...more] = Object.entries(test);
  const [operator, argument] = entry ?? ['', undefined];
  const build = Object.hasOwn(builders, operator) ? builders[operator] : undefined;
  if (!build || more.length > 0)
    throw new Error(`${path}: unrecognized match type ${operator}; known: ${Object.keys(builders).join(', ')}`);
  return build(argument, `${path}.${operator}`);
};

/** Greedy from the left is enough, since a part may stand anywhere after the one before it. */
const matchesWildcard = (parts: readonly string[], value: string): boolean => {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return value === first;
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false;
  let at = first.length;
  const end = value.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};

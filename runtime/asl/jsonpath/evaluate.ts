/** Finds what a path leads to. */
import { isObject, member, type Json } from '../json.ts';
import type { Filter, Operand } from './filter.ts';
import type { Path, Step } from './parse.ts';

/** Where paths start. */
export interface Roots {
  input: Json;
  context: Json;
  variable(name: string): Json | undefined;
}

/** What came of a definite path: its value, or which step found nothing. */
export type Found =
  | { found: true; value: Json }
  | {
      found: false;
      missing: string;
      /** Which step it was. */
      at: number;
      /** Only the last step found nothing. */
      leaf: boolean;
      /** That step is an index behind the end of its array: read by itself, AWS takes it for null. */
      beyond?: boolean;
      /** An index was asked of something else than an array; what AWS's JSONPath library says of that. */
      notArray?: string;
      /** A member was asked of something else than an object; what the library says of that. */
      notObject?: string;
    };

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));

const comparisons: Readonly<Record<string, (a: Json | undefined, b: Json | undefined) => boolean>> = {
  '==': same,
  '!=': (a, b) => !same(a, b),
  '<': (a, b) => ordered(a, b, (x, y) => x < y),
  '<=': (a, b) => ordered(a, b, (x, y) => x <= y),
  '>': (a, b) => ordered(a, b, (x, y) => x > y),
  '>=': (a, b) => ordered(a, b, (x, y) => x >= y),
  in: (a, b) => Array.isArray(b) && b.some((item) => same(a, item)),
  nin: (a, b) => !(Array.isArray(b) && b.some((item) => same(a, item))),
  subsetof: (a, b) => Array.isArray(a) && Array.isArray(b) && a.every((x) => b.some((y) => same(x, y))),
  contains: (a, b) =>
    Array.isArray(a) ? a.some((x) => same(x, b)) : typeof a === 'string' && typeof b === 'string' && a.includes(b),
  size: (a, b) => (Array.isArray(a) || typeof a === 'string') && a.length === b,
  empty: (a, b) => (Array.isArray(a) || typeof a === 'string') && (a.length === 0) === b,
};

function ordered(a: Json | undefined, b: Json | undefined, holds: (a: number | string, b: number | string) => boolean) {
  if (typeof a === 'number' && typeof b === 'number') return holds(a, b);
  return typeof a === 'string' && typeof b === 'string' && holds(a, b);
}

const rootOf = (path: Path, roots: Roots, item: Json | undefined): Json | undefined => {
  if (path.root.kind === 'item') return item;
  if (path.root.kind === 'input') return roots.input;
  return path.root.kind === 'context' ? roots.context : roots.variable(path.root.name);
};

const operandValue = (operand: Operand, roots: Roots, item: Json): Json | undefined => {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'pattern') return undefined;
  const start = rootOf(operand.path, roots, item);
  const all = start === undefined ? [] : walk([start], operand.path.steps, roots);
  return operand.path.definite ? all[0] : all;
};

const holds = (filter: Filter, roots: Roots, item: Json): boolean => {
  if (filter.kind === 'and') return filter.terms.every((t) => holds(t, roots, item));
  if (filter.kind === 'or') return filter.terms.some((t) => holds(t, roots, item));
  if (filter.kind === 'not') return !holds(filter.term, roots, item);
  if (filter.kind === 'exists') return operandValue({ kind: 'path', path: filter.path }, roots, item) !== undefined;
  const left = operandValue(filter.left, roots, item);
  if (filter.right.kind === 'pattern') return typeof left === 'string' && filter.right.pattern.test(left);
  return comparisons[filter.operator]?.(left, operandValue(filter.right, roots, item)) ?? false;
};

const at = (list: Json[], index: number): Json | undefined => list[index < 0 ? list.length + index : index];

const slice = (list: Json[], from: number | undefined, to: number | undefined, by: number): Json[] => {
  const place = (i: number | undefined, otherwise: number) =>
    i === undefined ? otherwise : Math.min(Math.max(i < 0 ? list.length + i : i, 0), list.length);
  const out: Json[] = [];
  if (by <= 0) return out;
  const end = place(to, list.length);
  for (let i = place(from, 0); i < end; i += by) out.push(list[i] as Json);
  return out;
};

const below = (value: Json): Json[] => [
  value,
  ...(Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []).flatMap(below),
];

/** Those that AWS evaluates; of sum(), max() and the like it finds nothing. */
const calls: Readonly<Record<string, (value: Json) => Json | undefined>> = {
  length: (v) =>
    Array.isArray(v) || typeof v === 'string' ? v.length : isObject(v) ? Object.keys(v).length : undefined,
  size: (v) => (Array.isArray(v) || typeof v === 'string' ? v.length : isObject(v) ? Object.keys(v).length : undefined),
  keys: (v) => (isObject(v) ? Object.keys(v) : undefined),
};

const stepFrom = (value: Json, step: Step, roots: Roots): (Json | undefined)[] => {
  if (step.kind === 'members') return step.names.map((n) => member(value, n));
  if (step.kind === 'indexes') return Array.isArray(value) ? step.indexes.map((i) => at(value, i)) : [];
  if (step.kind === 'slice') return Array.isArray(value) ? slice(value, step.from, step.to, step.by) : [];
  if (step.kind === 'all') return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  if (step.kind === 'deep') return below(value);
  if (step.kind === 'call') return [calls[step.name]?.(value)];
  return (Array.isArray(value) ? value : [value]).filter((item) => holds(step.filter, roots, item));
};

const walk = (start: Json[], steps: readonly Step[], roots: Roots): Json[] => {
  let now = start;
  for (const [i, step] of steps.entries()) {
    // A function at the end of an indefinite path is about everything the path found.
    if (step.kind === 'call' && !steps.slice(0, i).every((s) => s.kind === 'members' || s.kind === 'indexes'))
      now = [now];
    const next: Json[] = [];
    for (const value of now) {
      for (const reached of stepFrom(value, step, roots)) if (reached !== undefined) next.push(reached);
    }
    now = next;
  }
  return now;
};

const label = (step: Step): string =>
  step.kind === 'members' ? `['${step.names[0]}']` : step.kind === 'indexes' ? `[${step.indexes[0]}]` : '';

/** Jackson's class of a value, which the messages of AWS's JSONPath library show. */
const nodeOf = (value: Json): string => {
  if (value === null) return 'NullNode';
  if (Array.isArray(value)) return 'ArrayNode';
  if (typeof value === 'string') return 'TextNode';
  if (typeof value === 'boolean') return 'BooleanNode';
  if (!Number.isInteger(value)) return 'DoubleNode';
  return Math.abs(value as number) < 2 ** 31 ? 'IntNode' : 'LongNode';
};

/** What else there is to say of a step that found nothing in `value`, which stands at `place`. */
const faultOf = (value: Json, place: string, steps: readonly Step[]) => {
  const [step] = steps;
  if (step?.kind === 'indexes') {
    if (Array.isArray(value)) return { beyond: steps.length === 1 && (step.indexes[0] ?? 0) >= 0 };
    return {
      notArray: `Filter: ${steps.map(label).join('')} can only be applied to arrays. Current context is: ${JSON.stringify(value)}`,
    };
  }
  if (step?.kind !== 'members' || isObject(value)) return undefined;
  return {
    notObject: `Expected to find an object with property ${label(step)} in path ${place} but found 'com.fasterxml.jackson.databind.node.${nodeOf(value)}'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.`,
  };
};

/** Follows a path; an indefinite one always finds a list, perhaps an empty one. */
export const follow = (path: Path, roots: Roots): Found => {
  const start = rootOf(path, roots, undefined);
  // To AWS the Context Object is another document, of which `$` is the root again.
  const prefix = path.root.kind === 'variable' ? `$${path.root.name}` : '$';
  if (start === undefined) return { found: false, missing: prefix, at: 0, leaf: true };
  if (!path.definite) {
    const all = walk([start], path.steps, roots);
    const single = path.steps.at(-1)?.kind === 'call';
    return single
      ? all[0] === undefined
        ? { found: false, missing: path.source, at: path.steps.length - 1, leaf: true }
        : { found: true, value: all[0] }
      : { found: true, value: all };
  }
  const { steps } = path;
  let value: Json = start;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const next: Json | undefined =
      step.kind === 'members' ? member(value, step.names[0] ?? '') : stepFrom(value, step, roots)[0];
    if (next === undefined) {
      const place = `${prefix}${steps.slice(0, i).map(label).join('')}`;
      return {
        found: false,
        missing: `${place}${label(step)}`,
        at: i,
        leaf: i === steps.length - 1,
        ...faultOf(value, place, steps.slice(i)),
      };
    }
    value = next;
  }
  return { found: true, value };
};

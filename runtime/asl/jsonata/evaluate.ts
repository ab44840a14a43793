/** Evaluates one JSONata expression as Step Functions does: no input document, results must be JSON. */
import { setFlagsFromString } from 'node:v8';
import jsonata, { type Expression } from 'jsonata';
import { queryError } from '../errors.ts';
import type { Json } from '../json.ts';
import { wait, type Later } from '../later.ts';
import { functionsFor, type Surroundings } from './functions.ts';

/** A regular expression that backtracks for ever would stop every execution; it goes on in linear time instead, with the same result. */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

const compiled = new Map<string, Expression>();
const cachedExpressions = 5_000;

/**
 * AWS allows an evaluation one second. Time is no input of the core, so what is counted instead is visits to the nodes of the
 * expression, which take up to a second: the same machine with the same data meets the limit again in a replay.
 */
const stepLimit = 500_000;

/** A binding no expression can name: the evaluation's own counter. */
const counter = ' steps';
const nodeEntered = Symbol.for('jsonata.__evaluate_entry');

const countStep = (_node: unknown, _input: unknown, frame: { lookup(name: string): unknown }) => {
  const steps = frame.lookup(counter) as { made: number } | undefined;
  if (steps && ++steps.made > stepLimit) throw new Error('The expression exceeded the limit of an evaluation');
};

/** Compiles and keeps an expression; throws what JSONata's parser throws. */
export const compile = (source: string): Expression => {
  const known = compiled.get(source);
  if (known) return known;
  const expression = jsonata(source);
  expression.assign(nodeEntered as unknown as string, countStep);
  if (compiled.size >= cachedExpressions) compiled.clear();
  compiled.set(source, expression);
  return expression;
};

/** The expression inside `{% … %}`, or undefined for any other string. */
export const expressionOf = (text: string): string | undefined =>
  text.startsWith('{%') && text.endsWith('%}') && text.length >= 4 ? text.slice(2, -2).trim() : undefined;

/** Copies a result to plain JSON, dropping JSONata's marks on arrays; undefined where it is not JSON. */
const toJson = (value: unknown): Json | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = Array.from(value as unknown[], toJson);
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  // A JSONata lambda is an object, a native function an object with an implementation.
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) return undefined;
  const entries: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const json = toJson(inner);
    if (json === undefined) return undefined;
    entries.push([key, json]);
  }
  return Object.fromEntries(entries);
};

const reason = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message].filter((part) => typeof part === 'string').join(': ');
};

/** `field` is where the expression stands, such as `Output/total`; `variables` are bound under their names, `states` among them. */
export function* evaluateJsonata(
  source: string,
  field: string,
  variables: Readonly<Record<string, unknown>>,
  around: Surroundings,
): Later<Json> {
  const about = `The JSONata expression '${source}' specified for the field '${field}'`;
  let result: unknown;
  try {
    const expression = compile(source);
    const bindings = { ...functionsFor(around), ...variables, [counter]: { made: 0 } };
    result = yield* wait(expression.evaluate(undefined, bindings) as Promise<unknown>);
  } catch (error) {
    throw queryError(`${about} threw an error during evaluation. ${reason(error)}`, field);
  }
  if (result === undefined) throw queryError(`${about} returned nothing (undefined).`, field);
  const json = toJson(result);
  if (json === undefined) throw queryError(`${about} returned an unsupported result type.`, field);
  return json;
}

/** Evaluates one JSONata expression as Step Functions does: no input document, results must be JSON. */
import { setFlagsFromString } from 'node:v8';
import jsonata, { type Expression } from 'jsonata';
import { queryError } from '../errors.ts';
import type { Json } from '../json.ts';
import { wait, type Later } from '../later.ts';
import { functionsFor, memoryExceeded, type Surroundings } from './functions.ts';

/** A regular expression that backtracks for ever would stop every execution; it goes on in linear time instead, with the same result. */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

const compiled = new Map<string, Expression>();
const cachedExpressions = 5_000;

/**
 * AWS allows an evaluation one second. Time is no input of the core, so what is counted instead is visits to the nodes of the
 * expression, which take up to a second: the same machine with the same data meets the limit again in a replay.
 */
const stepLimit = 500_000;

/** AWS evaluates expressions within expressions to this depth. */
const deepest = 100;

/** As many items or characters AWS lets a value have that an expression works out. */
const mostItems = 873_782;
const mostCharacters = 6_990_256;

/** A binding no expression can name: the evaluation's own counter. */
const counter = ' steps';
const nodeEntered = Symbol.for('jsonata.__evaluate_entry');
const nodeLeft = Symbol.for('jsonata.__evaluate_exit');

interface Frame {
  lookup(name: string): unknown;
}

interface Steps {
  made: number;
  depth: number;
}

const countStep = (_node: unknown, _input: unknown, frame: Frame) => {
  const steps = frame.lookup(counter) as Steps | undefined;
  if (!steps) return;
  if (++steps.made > stepLimit) throw new Error('Expression evaluation timeout: Check for infinite loop');
  if (++steps.depth > deepest) {
    throw new Error(
      `Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive. Depth=${steps.depth} max=${deepest}`,
    );
  }
};

const leaveStep = (_node: unknown, _input: unknown, frame: Frame, result: unknown) => {
  const steps = frame.lookup(counter) as Steps | undefined;
  if (steps) steps.depth--;
  const large =
    typeof result === 'string' ? result.length > mostCharacters : Array.isArray(result) && result.length > mostItems;
  if (large) throw new Error(memoryExceeded);
};

/** Compiles and keeps an expression; throws what JSONata's parser throws. */
export const compile = (source: string): Expression => {
  const known = compiled.get(source);
  if (known) return known;
  const expression = jsonata(source);
  expression.assign(nodeEntered as unknown as string, countStep);
  expression.assign(nodeLeft as unknown as string, leaveStep);
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
  // AWS writes what JSON has no number for as JavaScript names it.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
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

/** What follows the sentence: an error of the language has a code and is a sentence of its own. */
const reason = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? `. ${code}: ${String(message)}` : `: ${String(message)}`;
};

const kindOf = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** Throws unless the value of a field written as an expression is of the type the field needs. */
export const checkType = (
  written: Json,
  field: string,
  value: Json,
  expected: 'array' | 'boolean' | 'number' | 'string',
): void => {
  const kind = kindOf(value);
  if (kind === expected) return;
  const source = typeof written === 'string' ? (expressionOf(written) ?? written) : JSON.stringify(written);
  throw queryError(
    `The JSONata expression '${source}' specified for the field '${field}' returned an unexpected result type. Expected '${expected}', but was '${kind}' for value: ${JSON.stringify(value)}`,
    field,
  );
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
    const bindings = { ...functionsFor(around), ...variables, [counter]: { made: 0, depth: 0 } };
    result = yield* wait(expression.evaluate(undefined, bindings) as Promise<unknown>);
  } catch (error) {
    throw queryError(`${about} threw an error during evaluation${reason(error)}`, field);
  }
  if (result === undefined) throw queryError(`${about} returned nothing (undefined).`, field);
  const json = toJson(result);
  if (json === undefined) throw queryError(`${about} returned an unsupported result type.`, field);
  return json;
}

/** Which variables the states of a machine refer to, as DescribeStateMachine lists them: by state, in alphabetical order. */
import { compile, expressionOf } from './jsonata/evaluate.ts';
import { functionsFor } from './jsonata/functions.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { languageOf, type Machine, type StateDefinition } from './machine.ts';

/** `$name` in a path or among the arguments of an intrinsic function; texts in quotes refer to nothing. */
const inPath = (text: string): string[] =>
  [...text.replaceAll(/'(?:[^'\\]|\\.)*'/g, '').matchAll(/(?<![\w$])\$([\p{L}_][\p{L}\p{N}_]*)/gu)].map(
    ([, name = '']) => name,
  );

/** A field whose text is a path: `InputPath`, `Variable`, `ItemsPath`, and whatever ends with `.$`. */
const isPathField = (key: string) =>
  key.endsWith('.$') || key === 'Variable' || (key.endsWith('Path') && key !== 'ResultPath');

/** Written by the machine's author as data, or a block of states of its own. */
const notLooked = new Set(['Result', 'ItemProcessor', 'Iterator', 'Branches', 'Comment', 'Type', 'Next']);

const ofPaths = (json: Json, found: Set<string>) => {
  if (Array.isArray(json)) for (const item of json) ofPaths(item, found);
  if (!isObject(json)) return;
  for (const [key, value] of Object.entries(json)) {
    if (isPathField(key) && typeof value === 'string') for (const name of inPath(value)) found.add(name);
    else ofPaths(value, found);
  }
};

const native = functionsFor({ now: 0, random: { seed: '', drawn: 0 } });

/** Functions of the language are no variables, nor is what Step Functions provides. */
const isBuiltIn = (name: string) =>
  name === '' || name === '$' || name === 'states' || Object.hasOwn(native, name) || standardFunctions.has(name);

const standardFunctions = new Set(
  (
    'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match ' +
    'contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power ' +
    'random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert ' +
    'type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval ' +
    'toMillis fromMillis now millis clone'
  ).split(' '),
);

/** Variables an expression names and does not bind itself. */
const ofExpression = (node: unknown, bound: ReadonlySet<string>, found: Set<string>): void => {
  if (Array.isArray(node)) {
    for (const item of node) ofExpression(item, bound, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, value } = node as { type?: string; value?: unknown };
  if (type === 'variable' && typeof value === 'string' && !bound.has(value) && !isBuiltIn(value)) found.add(value);
  const names = (given: unknown): string[] =>
    (Array.isArray(given) ? (given as unknown[]) : [given]).flatMap((it) => {
      const { type: kind, value: name } = (it ?? {}) as { type?: string; value?: unknown };
      return kind === 'variable' && typeof name === 'string' ? [name] : [];
    });
  const own =
    type === 'lambda'
      ? names((node as { arguments?: unknown }).arguments)
      : type === 'block'
        ? ((node as { expressions?: { type?: string; lhs?: unknown }[] }).expressions ?? []).flatMap((it) =>
            it.type === 'bind' ? names(it.lhs) : [],
          )
        : [];
  const inside = new Set([...bound, ...own]);
  for (const [key, child] of Object.entries(node)) {
    if (key === 'lhs' && type === 'bind') continue;
    if (typeof child === 'object') ofExpression(child, inside, found);
  }
};

const ofExpressions = (json: Json, found: Set<string>) => {
  if (Array.isArray(json)) for (const item of json) ofExpressions(item, found);
  else if (isObject(json)) for (const inner of Object.values(json)) ofExpressions(inner, found);
  else if (typeof json === 'string') {
    const source = expressionOf(json);
    if (source !== undefined) ofExpression(compile(source).ast(), new Set(), found);
  }
};

/** By the name of each state that refers to any. */
export const variableReferences = (machine: Machine): Record<string, string[]> => {
  const all: Record<string, string[]> = {};
  for (const { states } of machine.blocks.values()) {
    for (const [name, state] of Object.entries(states)) {
      const found = new Set<string>();
      const fields = Object.fromEntries(
        Object.entries(state as JsonObject).filter(([key]) => !notLooked.has(key)),
      ) as StateDefinition;
      if (languageOf(machine, state) === 'JSONata') ofExpressions(fields, found);
      else ofPaths(fields, found);
      if (found.size > 0) all[name] = [...found].toSorted();
    }
  }
  return all;
};

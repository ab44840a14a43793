/** Payload templates: JSON in which some fields are worked out. */
import { runtimeError } from './errors.ts';
import { evaluateIntrinsic } from './intrinsics/index.ts';
import { parseIntrinsic } from './intrinsics/parse.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { evaluateJsonata, expressionOf } from './jsonata/evaluate.ts';
import type { Surroundings } from './jsonata/functions.ts';
import { follow, type Roots } from './jsonpath/evaluate.ts';
import { parsePath } from './jsonpath/parse.ts';
import type { Later } from './later.ts';
import type { RandomState } from './random.ts';

/** AWS follows no path, not even `$`, from null. */
export const nothingToRead = () => runtimeError('Unable to apply Path transformation to null or empty input.');

/** What a path or an intrinsic function comes to that is written as the value of `field`. */
export const resolve = (field: string, source: string, roots: Roots, random: RandomState): Json => {
  if (!source.startsWith('$')) return evaluateIntrinsic(parseIntrinsic(source), roots, random);
  const path = parsePath(source);
  if (path.root.kind === 'input' && roots.input === null) throw nothingToRead();
  const found = follow(path, roots);
  if (found.found) return found.value;
  if (found.beyond) return null;
  throw runtimeError(
    `The JSONPath '${source}' specified for the field '${field}' could not be found in the input '${JSON.stringify(path.root.kind === 'context' ? roots.context : roots.input)}'`,
  );
};

interface Field {
  key: string;
  /** The key without `.$` where the value is a path. */
  name: string;
  value: Json;
}

/** Templates are parts of a definition, read once; they never change. */
const read = new WeakMap<JsonObject, Field[]>();

const fieldsOf = (template: JsonObject): Field[] => {
  const known = read.get(template);
  if (known) return known;
  const fields = Object.entries(template).map(([key, value]) => {
    const worked = key.endsWith('.$') && typeof value === 'string';
    return { key, name: worked ? key.slice(0, -2) : key, value };
  });
  read.set(template, fields);
  return fields;
};

/** Fills a JSONPath template. */
export const fillPaths = (template: Json, roots: Roots, random: RandomState): Json => {
  if (Array.isArray(template)) return template.map((item) => fillPaths(item, roots, random));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    fieldsOf(template).map(({ key, name, value }) => [
      name,
      name === key ? fillPaths(value, roots, random) : resolve(key, value as string, roots, random),
    ]),
  );
};

/** Fills a JSONata template: every string `{% … %}` becomes its value. `field` names the template in errors. */
export function* fillExpressions(
  template: Json,
  field: string,
  variables: Readonly<Record<string, unknown>>,
  around: Surroundings,
): Later<Json> {
  if (typeof template === 'string') {
    const expression = expressionOf(template);
    return expression === undefined ? template : yield* evaluateJsonata(expression, field, variables, around);
  }
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [i, item] of template.entries())
      items.push(yield* fillExpressions(item, `${field}[${i}]`, variables, around));
    return items;
  }
  if (!isObject(template)) return template;
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(template)) {
    filled[key] = yield* fillExpressions(value, `${field}/${key}`, variables, around);
  }
  return filled;
}

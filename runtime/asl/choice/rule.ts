/** Whether a choice rule of a JSONPath state applies. */
import { runtimeError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { follow, type Roots } from '../jsonpath/evaluate.ts';
import { parsePath } from '../jsonpath/parse.ts';
import { comparisons } from './compare.ts';

const objects = (rules: Json | undefined): JsonObject[] => (Array.isArray(rules) ? rules.filter(isObject) : []);

const required = (path: string, roots: Roots): Json => {
  const found = follow(parsePath(path), roots);
  if (found.found) return found.value;
  throw runtimeError(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
};

const compare = (rule: JsonObject, variable: string, roots: Roots): boolean => {
  if (typeof rule['IsPresent'] === 'boolean') return follow(parsePath(variable), roots).found === rule['IsPresent'];
  for (const operator in rule) {
    const operand = rule[operator] as Json;
    const direct = comparisons[operator];
    if (direct) return direct(required(variable, roots), operand);
    const byPath = operator.endsWith('Path') ? comparisons[operator.slice(0, -4)] : undefined;
    if (byPath && typeof operand === 'string') return byPath(required(variable, roots), required(operand, roots));
  }
  return false;
};

/** And, Or and Not stop at the first rule that decides. */
export const ruleHolds = (rule: JsonObject, roots: Roots): boolean => {
  if (rule['And'] !== undefined) return objects(rule['And']).every((r) => ruleHolds(r, roots));
  if (rule['Or'] !== undefined) return objects(rule['Or']).some((r) => ruleHolds(r, roots));
  if (isObject(rule['Not'])) return !ruleHolds(rule['Not'], roots);
  return typeof rule['Variable'] === 'string' && compare(rule, rule['Variable'], roots);
};

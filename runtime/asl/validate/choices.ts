/** What is checked of the rules of a Choice state. */
import { comparisons } from '../choice/compare.ts';
import { expressionOf } from '../jsonata/evaluate.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { Report } from './diagnostic.ts';
import { isPath } from './templates.ts';
import { checkRequired, otherLanguage } from './values.ts';

/** What a rule may be, of which it is one. */
export const kinds = ['And', 'Or', 'Not', 'Variable', 'Condition'];

const withPath =
  /^(?:String|Numeric|Timestamp|Boolean)(?:Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)$/;

/** Every operator, those that compare with a path as well. */
export const operators: ReadonlySet<string> = new Set([
  ...Object.keys(comparisons).flatMap((name) => (withPath.test(name) ? [name, `${name}Path`] : [name])),
  'IsPresent',
]);

const checkPath = (value: Json | undefined, at: string, report: Report) => {
  if (typeof value === 'string' && !value.startsWith('$'))
    report(at, "Value is not a Reference Path: Reference path didn't start with '$'");
  else if (!isPath(value)) report(at, 'Value is not a Reference Path');
};

const checkOperand = (operator: string, operand: Json | undefined, at: string, report: Report) => {
  if (operator.endsWith('Path')) checkPath(operand, at, report);
  else if (operator.startsWith('String')) {
    if (typeof operand !== 'string') report(at, 'Expected value of type String');
  } else if (operator.startsWith('Numeric')) {
    if (typeof operand !== 'number') report(at, 'Expected value of type Number');
  } else if (operator.startsWith('Timestamp')) {
    if (parseTimestamp(operand ?? null) === undefined) report(at, 'String does not match RFC3339 timestamp');
  } else if (typeof operand !== 'boolean') report(at, 'Expected value of type Boolean');
};

/** One comparison, or others inside And, Or and Not, which lead nowhere by themselves. */
const checkTest = (rule: JsonObject, at: string, nested: boolean, report: Report) => {
  const known = new Set([...kinds, ...operators, 'Comment', ...(nested ? [] : ['Next', 'Assign'])]);
  for (const field of Object.keys(rule)) {
    if (!known.has(field) && (nested || field !== 'Output')) report(at, `Field '${field}' is not supported`);
  }
  if (kinds.filter((kind) => rule[kind] !== undefined).length !== 1) {
    report(at, `The object must have only one of the following fields, [${kinds.join(', ')}]`);
    return;
  }
  for (const kind of ['And', 'Or']) {
    const inner = rule[kind];
    if (inner === undefined) continue;
    if (!Array.isArray(inner)) report(`${at}/${kind}`, 'Expected value of type Array');
    else if (inner.length === 0) report(`${at}/${kind}`, 'Value cannot be empty');
    else for (const [i, it] of inner.entries()) checkInner(it, `${at}/${kind}[${i}]`, report);
  }
  if (rule['Not'] !== undefined) checkInner(rule['Not'], `${at}/Not`, report);
  if (rule['Variable'] === undefined) return;
  checkPath(rule['Variable'], `${at}/Variable`, report);
  const given = Object.keys(rule).filter((field) => operators.has(field));
  const list = `[${[...operators].join(', ')}]`;
  if (given.length === 0) report(at, `This object should have only one of the following fields: ${list}`);
  if (given.length > 1) report(at, `There should only be one of the following fields: ${list}`);
  for (const operator of given) checkOperand(operator, rule[operator], `${at}/${operator}`, report);
};

const checkInner = (rule: Json, at: string, report: Report) => {
  if (isObject(rule)) checkTest(rule, at, true, report);
  else report(at, 'Expected value of type Object');
};

const checkCondition = (rule: JsonObject, at: string, report: Report) => {
  const { Condition: condition } = rule;
  checkRequired(rule, ['Condition'], at, report);
  if (condition === undefined || typeof condition === 'boolean') return;
  if (typeof condition !== 'string' || expressionOf(condition) === undefined)
    report(`${at}/Condition`, 'JSONata string must start with {% and end with %}');
};

/** Reports what is wrong with the Choices of a state. */
export const checkChoices = (rules: Json | undefined, at: string, language: QueryLanguage, report: Report) => {
  if (rules === undefined) return;
  if (!Array.isArray(rules)) {
    report(at, 'Expected value of type Array');
    return;
  }
  if (rules.length === 0) report(at, 'Value cannot be empty');
  for (const [i, rule] of rules.entries()) {
    const place = `${at}[${i}]`;
    if (!isObject(rule)) {
      report(place, 'Expected value of type Object');
      continue;
    }
    checkRequired(rule, ['Next'], place, report);
    const foreign = (field: string) =>
      language === 'JSONata'
        ? operators.has(field) || (kinds.includes(field) && field !== 'Condition')
        : field === 'Condition' || field === 'Output';
    const mixed = Object.keys(rule).filter(foreign);
    for (const field of mixed) otherLanguage(field, language, place, report);
    if (mixed.length > 0) continue;
    if (language === 'JSONata') checkCondition(rule, place, report);
    else checkTest(rule, place, false, report);
  }
};

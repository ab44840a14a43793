/** What single values of a definition have to be, in AWS's words. */
import { expressionOf } from '../jsonata/evaluate.ts';
import type { Json, JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Report } from './diagnostic.ts';

/** Least and greatest value of a number; `decimals` where fractions are allowed. */
export interface Bounds {
  least?: number;
  most?: number;
  decimals?: boolean;
}

/** AWS shows the bounds of a field that takes fractions with one. */
const shown = (bound: number, decimals = false) => (decimals && Number.isInteger(bound) ? `${bound}.0` : `${bound}`);

/** Reports a value that is no number within its bounds; a JSONata expression stands for one. */
export const checkNumber = (
  value: Json | undefined,
  { least, most, decimals }: Bounds,
  at: string,
  report: Report,
  language: QueryLanguage = 'JSONPath',
) => {
  if (value === undefined) return;
  if (language === 'JSONata' && typeof value === 'string' && expressionOf(value) !== undefined) return;
  if (typeof value !== 'number' || !(decimals || Number.isInteger(value)))
    report(at, `Expected value of type ${decimals ? 'Number' : 'Integer'}`);
  else if (least !== undefined && value < least) report(at, `Minimum value is ${shown(least, decimals)}`);
  else if (most !== undefined && value > most) report(at, `Maximum value is ${shown(most, decimals)}`);
};

/** Reports a value that is none of those that are known. */
export const checkEnum = (value: Json | undefined, known: readonly string[], at: string, report: Report) => {
  if (value === undefined) return;
  if (typeof value !== 'string') report(at, 'Expected value of type [STRING]');
  else if (!known.includes(value)) report(at, `Value should be one of the following: [${known.join(', ')}]`);
};

/** Reports fields that an object does not have. */
export const checkKnown = (object: JsonObject, known: ReadonlySet<string>, at: string, report: Report) => {
  for (const field of Object.keys(object)) if (!known.has(field)) report(at, `Field '${field}' is not supported`);
};

/** Reports all that is missing at once. */
export const checkRequired = (object: JsonObject, required: readonly string[], at: string, report: Report) => {
  const missing = required.filter((field) => object[field] === undefined);
  if (missing.length > 0) report(at, `These fields are required: [${missing.join(', ')}]`);
};

/** Reports more than one of some fields, and where one is needed, none of them. */
export const checkOnlyOne = (
  object: JsonObject,
  fields: readonly string[],
  needed: boolean,
  at: string,
  report: Report,
) => {
  const given = fields.filter((field) => object[field] !== undefined);
  const list = `[${fields.join(', ')}]`;
  if (given.length > 1) report(at, `There should only be one of the following fields: ${list}`);
  if (given.length === 0 && needed) report(at, `This object should have only one of the following fields: ${list}`);
};

/** Reports a field that belongs to the other query language. */
export const otherLanguage = (field: string, language: QueryLanguage, at: string, report: Report) => {
  const other = language === 'JSONata' ? 'JSONPath' : 'JSONata';
  report(
    at,
    `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`,
  );
};

/** What is checked of the retriers and catchers of a state. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Report } from './diagnostic.ts';
import { checkEnum, checkKnown, checkNumber, checkRequired, otherLanguage, type Bounds } from './values.ts';

/** Fields of an entry of Retry. */
export const retrierFields = new Set([
  'Comment',
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
]);
/** Fields of an entry of Catch. */
export const catcherFields = new Set(['Comment', 'ErrorEquals', 'Next', 'Assign', 'ResultPath', 'Output']);

const bounds: Readonly<Record<string, Bounds>> = {
  // AWS takes 0 as well, whatever it documents.
  IntervalSeconds: { least: 0, most: 99_999_999 },
  MaxAttempts: { least: 0, most: 99_999_999 },
  BackoffRate: { least: 1, decimals: true },
  MaxDelaySeconds: { least: 1, most: 31_622_400 },
};

const checkNames = (names: Json | undefined, last: boolean, at: string, report: Report) => {
  if (names === undefined) return;
  if (!Array.isArray(names)) report(at, 'Expected value of type Array');
  else if (names.length === 0) report(at, 'Value cannot be empty');
  else if (names.includes('States.ALL') && (names.length > 1 || !last))
    report(at, 'States.ALL must appear alone and at end of list');
};

const retrier = (entry: JsonObject, at: string, report: Report) => {
  checkKnown(entry, retrierFields, at, report);
  checkRequired(entry, ['ErrorEquals'], at, report);
  for (const [field, within] of Object.entries(bounds)) checkNumber(entry[field], within, `${at}/${field}`, report);
  checkEnum(entry['JitterStrategy'], ['NONE', 'FULL'], `${at}/JitterStrategy`, report);
};

const catcher = (entry: JsonObject, at: string, language: QueryLanguage, report: Report) => {
  checkKnown(entry, catcherFields, at, report);
  const other = language === 'JSONata' ? 'ResultPath' : 'Output';
  if (entry[other] !== undefined) otherLanguage(other, language, at, report);
  checkRequired(entry, ['ErrorEquals', 'Next'], at, report);
};

/** Reports what is wrong with the Retry and Catch of a state. */
export const checkRetries = (state: JsonObject, at: string, language: QueryLanguage, report: Report) => {
  for (const field of ['Retry', 'Catch']) {
    const entries = state[field];
    if (entries === undefined) continue;
    if (!Array.isArray(entries)) {
      report(`${at}/${field}`, 'Expected value of type Array');
      continue;
    }
    for (const [i, entry] of entries.entries()) {
      const place = `${at}/${field}[${i}]`;
      if (!isObject(entry)) {
        report(place, 'Expected value of type Object');
        continue;
      }
      if (field === 'Retry') retrier(entry, place, report);
      else catcher(entry, place, language, report);
      checkNames(entry['ErrorEquals'], i === entries.length - 1, `${place}/ErrorEquals`, report);
    }
  }
};

/** What is checked of a single state. */
import { expressionOf } from '../jsonata/evaluate.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import { readResource } from '../resource.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { Report } from './diagnostic.ts';
import { checkMap } from './distributed.ts';
import { fieldsOf, shapes } from './shape.ts';
import { checkExpressions, checkPaths, isPath } from './templates.ts';

interface Place {
  state: JsonObject;
  type: string;
  at: string;
  language: QueryLanguage;
  express: boolean;
  report: Report;
}

const oneOf = ({ state, at, report }: Place, fields: readonly string[]) => {
  const given = fields.filter((f) => state[f] !== undefined);
  if (given.length === 0) report(at, `One of these fields is required: [${fields.join(', ')}]`);
  if (given.length > 1) report(at, `Only one of these fields may be given: [${given.join(', ')}]`);
};

const checkFields = ({ state, type, at, language, report }: Place) => {
  const known = fieldsOf(type, language);
  const other = fieldsOf(type, language === 'JSONata' ? 'JSONPath' : 'JSONata');
  for (const field of Object.keys(state)) {
    if (known.has(field)) continue;
    const why = other.has(field)
      ? `Field '${field}' is not supported with QueryLanguage '${language}'`
      : `Field '${field}' is not supported`;
    report(`${at}/${field}`, why);
  }
  const missing = (shapes[type]?.required ?? []).filter((field) => state[field] === undefined);
  if (missing.length > 0) report(at, `These fields are required: [${missing.join(', ')}]`);
  if (!shapes[type]?.terminal) oneOf({ state, at, report } as Place, ['Next', 'End']);
};

const errorLists = ({ state, at, report }: Place, field: 'Retry' | 'Catch') => {
  const entries = state[field];
  if (entries === undefined) return;
  if (!Array.isArray(entries)) {
    report(`${at}/${field}`, 'Expected value of type Array');
    return;
  }
  for (const [i, entry] of entries.entries()) {
    const place = `${at}/${field}[${i}]`;
    const names = isObject(entry) ? entry['ErrorEquals'] : undefined;
    if (!Array.isArray(names) || names.length === 0)
      report(place, "The field 'ErrorEquals' is required but was missing");
    else if (names.includes('States.ALL')) {
      if (names.length > 1) report(`${place}/ErrorEquals`, 'States.ALL must appear alone in ErrorEquals');
      if (i < entries.length - 1)
        report(`${place}/ErrorEquals`, `States.ALL must appear in the last entry of ${field}`);
    }
    if (field === 'Retry' && isObject(entry)) retrier(entry, place, report);
  }
};

const bounds: readonly (readonly [field: string, least: number, most: number, whole: boolean])[] = [
  ['IntervalSeconds', 1, 99_999_999, true],
  ['MaxAttempts', 0, 99_999_999, true],
  ['BackoffRate', 1, Infinity, false],
  ['MaxDelaySeconds', 1, 31_622_400, true],
];

const retrier = (entry: JsonObject, at: string, report: Report) => {
  for (const [field, least, most, whole] of bounds) {
    const value = entry[field];
    if (value === undefined) continue;
    const good = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (!good) report(`${at}/${field}`, `The value must be ${whole ? 'an integer' : 'a number'} of at least ${least}`);
  }
  const jitter = entry['JitterStrategy'];
  if (jitter !== undefined && jitter !== 'FULL' && jitter !== 'NONE')
    report(`${at}/JitterStrategy`, 'The value must be FULL or NONE');
};

const templateFields = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'Credentials'];
const pathFields = ['InputPath', 'OutputPath', 'ResultPath'];
const expressionFields = ['Arguments', 'Output', 'Assign', 'Items', 'ItemSelector', 'Error', 'Cause', 'Credentials'];

const checkData = (place: Place) => {
  const { state, at, language, report } = place;
  if (language === 'JSONata') {
    for (const field of expressionFields) {
      if (state[field] !== undefined) checkExpressions(state[field], `${at}/${field}`, report);
    }
    return;
  }
  for (const field of templateFields)
    if (state[field] !== undefined) checkPaths(state[field], `${at}/${field}`, report);
  for (const [field, value] of Object.entries(state)) {
    if (
      pathFields.includes(field)
        ? value !== null && !isPath(value)
        : field.endsWith('Path') && !pathOrCall(field, value)
    ) {
      report(`${at}/${field}`, 'Value is not a Reference Path: must be a valid JSONPath');
    }
  }
};

const pathOrCall = (field: string, value: Json) =>
  isPath(value) ||
  ((field === 'ErrorPath' || field === 'CausePath') && typeof value === 'string' && value.startsWith('States.'));

const emptyOr = (list: Json | undefined, message: string) => (Array.isArray(list) ? 'Value cannot be empty' : message);

const checkChoices = ({ state, at, language, report }: Place) => {
  const rules = state['Choices'];
  if (!Array.isArray(rules) || rules.length === 0) {
    report(`${at}/Choices`, emptyOr(rules, 'Expected value of type Array'));
    return;
  }
  for (const [i, rule] of rules.entries()) {
    const place = `${at}/Choices[${i}]`;
    if (!isObject(rule)) {
      report(place, 'Expected value of type Object');
      continue;
    }
    if (typeof rule['Next'] !== 'string') report(place, "The field 'Next' is required but was missing");
    const condition = rule['Condition'];
    if (language === 'JSONata') {
      const holds =
        typeof condition === 'boolean' || (typeof condition === 'string' && expressionOf(condition) !== undefined);
      if (!holds) report(place, "The field 'Condition' must be a JSONata expression or a boolean");
      else checkExpressions(condition ?? null, `${place}/Condition`, report);
    } else if (condition !== undefined)
      report(place, "Field 'Condition' is not supported with QueryLanguage 'JSONPath'");
  }
};

const checkTask = ({ state, at, express, report }: Place) => {
  if (state['Credentials'] !== undefined) {
    const credentials = state['Credentials'];
    const given =
      isObject(credentials) && (credentials['RoleArn'] !== undefined || credentials['RoleArn.$'] !== undefined);
    if (!given) report(`${at}/Credentials`, "The field 'RoleArn' is required but was missing");
  }
  const text = state['Resource'];
  if (typeof text !== 'string') return;
  const resource = readResource(text);
  if (!resource)
    report(
      `${at}/Resource`,
      `The resource provided ${text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    );
  else if (express && resource.kind === 'activity')
    report(`${at}/Resource`, 'Express state machine does not support Activity ARN');
  else if (express && resource.kind === 'service' && resource.pattern !== 'request-response') {
    const suffix = resource.pattern === 'sync' ? '.sync' : '.waitForTaskToken';
    report(`${at}/Resource`, `Express state machine does not support '${suffix}' service integration`);
  }
};

const checkWait = (place: Place) => {
  const { state, at, language, report } = place;
  oneOf(
    place,
    language === 'JSONata' ? ['Seconds', 'Timestamp'] : ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  );
  const { Seconds: seconds, Timestamp: timestamp } = state;
  const isExpression = (value: Json) =>
    language === 'JSONata' && typeof value === 'string' && expressionOf(value) !== undefined;
  if (timestamp !== undefined && !isExpression(timestamp) && parseTimestamp(timestamp) === undefined) {
    report(`${at}/Timestamp`, 'String does not match RFC3339 timestamp');
  }
  if (
    seconds !== undefined &&
    !isExpression(seconds) &&
    !(typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0)
  ) {
    report(`${at}/Seconds`, 'Expected value of type Integer');
  }
  for (const value of [seconds, timestamp])
    if (value !== undefined && language === 'JSONata') checkExpressions(value, at, report);
};

/** Checks one state by itself; transitions and blocks inside it are looked at elsewhere. */
export const checkState = (place: Place) => {
  const { state, type, at, report } = place;
  if (!Object.hasOwn(shapes, type)) {
    report(`${at}/Type`, `Value is not one of the state types: [${Object.keys(shapes).join(', ')}]`);
    return;
  }
  checkFields(place);
  checkData(place);
  errorLists(place, 'Retry');
  errorLists(place, 'Catch');
  if (type === 'Choice') checkChoices(place);
  if (type === 'Task') checkTask(place);
  if (type === 'Wait') checkWait(place);
  if (type === 'Map') checkMap(state, at, place.language, report);
  if (type === 'Map' && !isObject(state['ItemProcessor'] ?? state['Iterator']))
    report(at, 'These fields are required: [ItemProcessor]');
  if (type === 'Parallel' && !(Array.isArray(state['Branches']) && state['Branches'].length > 0))
    report(`${at}/Branches`, emptyOr(state['Branches'], 'Expected value of type Array'));
};

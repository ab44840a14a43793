/** What is checked of a single state. */
import { expressionOf } from '../jsonata/evaluate.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import { readResource } from '../resource.ts';
import { parseTimestamp } from '../timestamp.ts';
import { checkChoices } from './choices.ts';
import type { Report } from './diagnostic.ts';
import { checkMap } from './distributed.ts';
import { checkExpressions, type StatesMembers } from './expressions.ts';
import { checkRetries } from './retries.ts';
import { fieldsOf, shapes } from './shape.ts';
import { checkPaths, isPath } from './templates.ts';
import { checkEnum, checkNumber, checkOnlyOne, checkRequired, otherLanguage } from './values.ts';

interface Place {
  state: JsonObject;
  type: string;
  at: string;
  language: QueryLanguage;
  /** The state goes back to JSONPath in a machine of JSONata, which is all that is said of its fields. */
  downgraded: boolean;
  express: boolean;
  report: Report;
}

const checkFields = ({ state, type, at, language, downgraded, report }: Place) => {
  const { required = [], onlyOne = [] } = shapes[type] ?? {};
  const known = fieldsOf(type, language);
  const other = fieldsOf(type, language === 'JSONata' ? 'JSONPath' : 'JSONata');
  checkRequired(state, required, at, report);
  for (const field of Object.keys(state)) {
    if (known.has(field)) continue;
    if (!other.has(field)) report(at, `Field '${field}' is not supported`);
    else if (!downgraded) otherLanguage(field, language, at, report);
  }
  // `"End": false` says nothing.
  const { End: end, ...rest } = state;
  const said = end === false ? rest : state;
  for (const [fields, needed] of onlyOne) checkOnlyOne(said, fields, needed, at, report);
};

const checkValues = ({ state, type, at, language, report }: Place) => {
  for (const [field, bounds] of Object.entries(shapes[type]?.numbers ?? {}))
    checkNumber(state[field], bounds, `${at}/${field}`, report, language);
  checkEnum(state['QueryLanguage'], ['JSONPath', 'JSONata'], `${at}/QueryLanguage`, report);
  for (const field of ['Next', 'Default', 'Comment', 'Resource']) {
    const value = state[field];
    if (value !== undefined && typeof value !== 'string') report(`${at}/${field}`, 'Expected value of type String');
  }
  if (state['End'] !== undefined && typeof state['End'] !== 'boolean')
    report(`${at}/End`, 'Expected value of type Boolean');
};

const templateFields = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'Credentials'];
const selectors = ['InputPath', 'OutputPath', 'ResultPath'];

const pathOrCall = (field: string, value: Json) =>
  isPath(value) ||
  ((field === 'ErrorPath' || field === 'CausePath') && typeof value === 'string' && value.startsWith('States.'));

const checkJsonPaths = ({ state, at, report }: Place) => {
  for (const field of templateFields)
    if (state[field] !== undefined) checkPaths(state[field], `${at}/${field}`, report);
  for (const [field, value] of Object.entries(state)) {
    if (!field.endsWith('Path') || (selectors.includes(field) && value === null)) continue;
    if (!pathOrCall(field, value)) report(`${at}/${field}`, 'Value must be a valid JSONPath.');
  }
};

/** Fields with expressions, and what `$states` has in them besides input and context. */
const expressionFields: readonly (readonly [field: string, members: StatesMembers])[] = [
  ['Arguments', []],
  ['Output', ['result']],
  ['Assign', ['result']],
  ['Items', []],
  ['ItemSelector', []],
  ['ItemReader', []],
  ['ItemBatcher', []],
  ['ResultWriter', []],
  ['Error', []],
  ['Cause', []],
  ['Credentials', []],
  ['Seconds', []],
  ['Timestamp', []],
  ['TimeoutSeconds', []],
  ['HeartbeatSeconds', []],
  ['MaxConcurrency', []],
  ['ToleratedFailureCount', []],
  ['ToleratedFailurePercentage', []],
];

/** Only what has a result tells of it. */
const withResult = new Set(['Task', 'Map', 'Parallel']);

const checkJsonata = ({ state, type, at, report }: Place) => {
  for (const [field, members] of expressionFields)
    checkExpressions(state[field], `${at}/${field}`, withResult.has(type) ? members : [], report);
  const inside = (list: 'Choices' | 'Catch', fields: readonly string[], members: StatesMembers) => {
    for (const [i, it] of (Array.isArray(state[list]) ? state[list] : []).entries()) {
      if (!isObject(it)) continue;
      for (const field of fields) checkExpressions(it[field], `${at}/${list}[${i}]/${field}`, members, report);
    }
  };
  inside('Choices', ['Condition', 'Output', 'Assign'], []);
  inside('Catch', ['Output', 'Assign'], ['errorOutput']);
};

const checkTask = ({ state, at, express, report }: Place) => {
  const credentials = state['Credentials'];
  if (credentials !== undefined) {
    const given =
      isObject(credentials) && (credentials['RoleArn'] !== undefined || credentials['RoleArn.$'] !== undefined);
    if (!given) report(`${at}/Credentials`, "The field 'RoleArn' is required but was missing");
  }
  const text = state['Resource'];
  if (typeof text !== 'string') return;
  const place = `${at}/Resource`;
  const resource = readResource(text);
  if (!text.startsWith('arn:')) report(place, 'Value is not a valid resource ARN');
  else if (!resource)
    report(
      place,
      `The resource provided ${text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    );
  else if (resource.kind === 'activity') {
    if (express) report(place, 'Express state machine does not support Activity ARN');
    if (credentials !== undefined)
      report(`${at}/Credentials`, "The field 'Credentials' is not supported for activities");
  } else if (express && resource.kind === 'service' && resource.pattern !== 'request-response') {
    const suffix = resource.pattern === 'sync' ? '.sync' : '.waitForTaskToken';
    report(place, `Express state machine does not support '${suffix}' service integration`);
  }
};

const checkWait = ({ state: { Timestamp: timestamp }, at, language, report }: Place) => {
  const evaluated = language === 'JSONata' && typeof timestamp === 'string' && expressionOf(timestamp) !== undefined;
  if (timestamp !== undefined && !evaluated && parseTimestamp(timestamp) === undefined)
    report(`${at}/Timestamp`, 'String does not match RFC3339 timestamp');
};

const checkBranches = ({ state: { Branches: branches }, at, report }: Place) => {
  if (branches === undefined) return;
  if (!Array.isArray(branches)) report(`${at}/Branches`, 'Expected value of type Array');
  else if (branches.length === 0) report(`${at}/Branches`, 'Value cannot be empty');
};

/** Checks one state by itself; transitions, names and blocks inside it are looked at elsewhere. */
export const checkState = (place: Place) => {
  const { state, type, at, language, report } = place;
  if (!Object.hasOwn(shapes, type)) {
    checkEnum(type, Object.keys(shapes), `${at}/Type`, report);
    return;
  }
  checkFields(place);
  checkValues(place);
  checkRetries(state, at, language, report);
  if (type === 'Choice') checkChoices(state['Choices'], `${at}/Choices`, language, report);
  if (type === 'Task') checkTask(place);
  if (type === 'Wait') checkWait(place);
  if (type === 'Map') checkMap(state, at, language, report);
  if (type === 'Parallel') checkBranches(place);
  if (language === 'JSONata') checkJsonata(place);
  else checkJsonPaths(place);
};

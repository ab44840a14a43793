/** Checks a definition before anything is kept or run: structure, fields, references, expressions, transitions. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Diagnostic, Report } from './diagnostic.ts';
import { JsonSyntaxError, parseJson } from './json.ts';
import { checkState } from './states.ts';
import { checkTransitions } from './transitions.ts';
import { checkEnum, checkKnown, checkNumber, checkRequired } from './values.ts';
import { checkVariables, variablesIn } from './variables.ts';

export type { Diagnostic } from './diagnostic.ts';
export { sentence } from './diagnostic.ts';

interface Scope {
  language: QueryLanguage;
  express: boolean;
  report: Report;
  /** Names of states and labels of maps must be unique in the whole machine. */
  names: Set<string>;
  labels: Set<string>;
  /** Variables that the blocks around assign. */
  variables: ReadonlySet<string>;
}

/** Fields of a whole machine. */
export const machineFields = new Set(['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version']);
const blockFields = new Set(['Comment', 'StartAt', 'States', 'ProcessorConfig']);
const longestName = 80;

/** Anything but the very word JSONPath means JSONata; absent, it is what holds for the whole machine. */
const languageOf = (own: Json | undefined, otherwise: QueryLanguage): QueryLanguage =>
  own === undefined ? otherwise : own === 'JSONPath' ? 'JSONPath' : 'JSONata';

const checkInside = (state: JsonObject, at: string, scope: Scope) => {
  for (const field of ['ItemProcessor', 'Iterator']) {
    const processor = state[field];
    if (!isObject(processor)) continue;
    const config = isObject(processor['ProcessorConfig']) ? processor['ProcessorConfig'] : {};
    const distributed = config['Mode'] === 'DISTRIBUTED';
    if (scope.express && distributed)
      scope.report(
        `${at}/${field}/ProcessorConfig/Mode`,
        'Express state machine does not support Distributed Map state',
      );
    const express = scope.express || config['ExecutionType'] === 'EXPRESS';
    // Child executions know no variables from outside.
    const variables = distributed ? new Set<string>() : scope.variables;
    checkBlock(processor, `${at}/${field}`, { ...scope, express, variables }, blockFields);
  }
  if (!Array.isArray(state['Branches'])) return;
  for (const [i, branch] of state['Branches'].entries()) {
    if (isObject(branch)) checkBlock(branch, `${at}/Branches[${i}]`, scope, blockFields);
    else scope.report(`${at}/Branches[${i}]`, 'Expected value of type Object');
  }
};

const checkName = (name: string, at: string, { report, names }: Scope) => {
  if (name.length > longestName)
    report(
      at,
      `Invalid State name: State '${name}' exceeds the ${longestName}-character limit allowed by the service`,
      'INVALID_STATE_NAME',
    );
  if (names.has(name)) report(at, `Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
  names.add(name);
};

const checkLabel = ({ Label: label }: JsonObject, at: string, { report, labels }: Scope) => {
  if (typeof label !== 'string') return;
  if (labels.has(label)) report(`${at}/Label`, `Duplicate Label name: ${label}`, 'DUPLICATE_LABEL_NAME');
  labels.add(label);
};

const checkOne = (state: Json, at: string, scope: Scope) => {
  const { report } = scope;
  if (!isObject(state)) {
    report(at, 'Expected value of type Object');
    return;
  }
  const { Type: type, QueryLanguage: own } = state;
  const language = languageOf(own, scope.language);
  const downgraded = own === 'JSONPath' && scope.language === 'JSONata';
  if (downgraded) report(at, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  checkRequired(state, ['Type'], at, report);
  if (typeof type === 'string') checkState({ state, type, at, language, downgraded, express: scope.express, report });
  else if (type !== undefined) report(`${at}/Type`, 'Expected value of type [STRING]');
  checkVariables(state, at, language, scope.variables, report);
  checkLabel(state, at, scope);
};

function checkBlock(block: JsonObject, at: string, scope: Scope, fields: ReadonlySet<string>) {
  const { report } = scope;
  const place = at === '' ? '/' : at;
  checkRequired(block, ['States', 'StartAt'], place, report);
  checkKnown(block, fields, place, report);
  const { States: states, StartAt: startAt } = block;
  if (startAt !== undefined && typeof startAt !== 'string') report(`${at}/StartAt`, 'Expected value of type String');
  if (states === undefined) return;
  if (!isObject(states)) {
    report(`${at}/States`, 'Expected value of type Object');
    return;
  }
  if (Object.keys(states).length === 0) report(`${at}/States`, 'Value cannot be empty');
  for (const [name, state] of Object.entries(states)) {
    checkName(name, `${at}/States/${name}`, scope);
    checkOne(state, `${at}/States/${name}`, scope);
  }
  const variables = variablesIn(states, scope.variables, (it) => languageOf(it['QueryLanguage'], scope.language));
  for (const [name, state] of Object.entries(states))
    if (isObject(state)) checkInside(state, `${at}/States/${name}`, { ...scope, variables });
  if (typeof startAt === 'string') checkTransitions(states, startAt, at, report);
}

/** Largest definition in bytes. */
const definitionLimit = 1_048_576;

const checkMachine = (json: JsonObject, express: boolean, report: Report) => {
  checkEnum(json['QueryLanguage'], ['JSONPath', 'JSONata'], '/QueryLanguage', report);
  checkEnum(json['Version'], ['1.0'], '/Version', report);
  checkNumber(json['TimeoutSeconds'], { least: 0, most: 99_999_999 }, '/TimeoutSeconds', report);
  const language = languageOf(json['QueryLanguage'], 'JSONPath');
  const none = { names: new Set<string>(), labels: new Set<string>(), variables: new Set<string>() };
  checkBlock(json, '', { language, express, report, ...none }, machineFields);
};

/** Everything that is wrong with a definition; none means it can be run. */
export const validateDefinition = (text: string, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): Diagnostic[] => {
  const found: Diagnostic[] = [];
  const report: Report = (location, message, code = 'SCHEMA_VALIDATION_FAILED') => {
    found.push({ severity: 'ERROR', code, message, ...(location !== undefined && { location }) });
  };
  if (Buffer.byteLength(text) > definitionLimit) {
    report('/', `The definition is larger than ${definitionLimit} bytes`);
    return found;
  }
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    report(error.location, error.message, 'INVALID_JSON_DESCRIPTION');
    return found;
  }
  if (isObject(json)) checkMachine(json, type === 'EXPRESS', report);
  else report('/', 'Expected value of type Object');
  return found;
};

/** Checks a definition before anything is kept or run: structure, fields, references, expressions, transitions. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Diagnostic, Report } from './diagnostic.ts';
import { JsonSyntaxError, parseJson } from './json.ts';
import { checkState } from './states.ts';

export type { Diagnostic } from './diagnostic.ts';
export { sentence } from './diagnostic.ts';

interface Scope {
  language: QueryLanguage;
  express: boolean;
  report: Report;
  /** State names must be unique in the whole machine. */
  names: Set<string>;
}

const machineFields = new Set(['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version']);
const blockFields = new Set(['Comment', 'StartAt', 'States', 'ProcessorConfig', 'QueryLanguage']);

const targetsOf = (state: JsonObject): (readonly [field: string, target: Json])[] => {
  const rules = (field: 'Choices' | 'Catch') =>
    (Array.isArray(state[field]) ? state[field] : []).flatMap((rule, i) =>
      isObject(rule) && rule['Next'] !== undefined ? [[`${field}[${i}]/Next`, rule['Next']] as const] : [],
    );
  return [
    ...(state['Next'] !== undefined ? [['Next', state['Next']] as const] : []),
    ...(state['Default'] !== undefined ? [['Default', state['Default']] as const] : []),
    ...rules('Choices'),
    ...rules('Catch'),
  ];
};

const checkTransitions = (states: JsonObject, startAt: string, at: string, report: Report) => {
  const reached = new Set<string>();
  const queue = [startAt];
  if (!Object.hasOwn(states, startAt))
    report(`${at}/StartAt`, `Missing 'StartAt' target: ${startAt}`, 'MISSING_TRANSITION_TARGET');
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const state = Object.hasOwn(states, name) ? states[name] : undefined;
    if (!isObject(state) || reached.has(name)) continue;
    reached.add(name);
    for (const [field, target] of targetsOf(state)) {
      if (typeof target === 'string' && Object.hasOwn(states, target)) queue.push(target);
      else {
        const word = field.split('/').at(-1) ?? field;
        const text = typeof target === 'string' ? target : JSON.stringify(target);
        report(`${at}/States/${name}/${field}`, `Missing '${word}' target: ${text}`, 'MISSING_TRANSITION_TARGET');
      }
    }
  }
  for (const name of Object.keys(states)) {
    if (!reached.has(name))
      report(`${at}/States/${name}`, `State "${name}" is not reachable.`, 'MISSING_TRANSITION_TARGET');
  }
};

const languageOf = (state: JsonObject, at: string, scope: Scope): QueryLanguage => {
  const own = state['QueryLanguage'];
  if (own === undefined) return scope.language;
  if (own !== 'JSONPath' && own !== 'JSONata')
    scope.report(`${at}/QueryLanguage`, 'Value is not one of: [JSONPath, JSONata]');
  if (own === 'JSONPath' && scope.language === 'JSONata') {
    scope.report(at, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  return own === 'JSONata' ? 'JSONata' : 'JSONPath';
};

const checkInside = (state: JsonObject, at: string, scope: Scope) => {
  for (const field of ['ItemProcessor', 'Iterator']) {
    const processor = state[field];
    if (!isObject(processor)) continue;
    const config = isObject(processor['ProcessorConfig']) ? processor['ProcessorConfig'] : {};
    if (scope.express && config['Mode'] === 'DISTRIBUTED')
      scope.report(
        `${at}/${field}/ProcessorConfig/Mode`,
        'Express state machine does not support Distributed Map state',
      );
    const express = scope.express || config['ExecutionType'] === 'EXPRESS';
    checkBlock(processor, `${at}/${field}`, { ...scope, express }, blockFields);
  }
  if (!Array.isArray(state['Branches'])) return;
  for (const [i, branch] of state['Branches'].entries()) {
    if (isObject(branch)) checkBlock(branch, `${at}/Branches[${i}]`, scope, blockFields);
    else scope.report(`${at}/Branches[${i}]`, 'Expected value of type Object');
  }
};

function checkBlock(block: JsonObject, at: string, scope: Scope, fields: ReadonlySet<string>) {
  const { report } = scope;
  const missing = ['States', 'StartAt'].filter((field) => block[field] === undefined);
  if (missing.length > 0) {
    report(at === '' ? '/' : at, `These fields are required: [${missing.join(', ')}]`);
    return;
  }
  for (const field of Object.keys(block))
    if (!fields.has(field)) report(`${at}/${field}`, `Field '${field}' is not supported`);
  const { States: states, StartAt: startAt } = block;
  if (!isObject(states) || Object.keys(states).length === 0) {
    report(`${at}/States`, 'Expected a non-empty object of states');
    return;
  }
  for (const [name, state] of Object.entries(states)) {
    const place = `${at}/States/${name}`;
    if (name.length > 80) report(place, 'State name is too long: at most 80 characters');
    if (scope.names.has(name)) report(place, `Duplicate state name: ${name}`, 'DUPLICATE_STATE_NAME');
    scope.names.add(name);
    if (!isObject(state) || typeof state['Type'] !== 'string') {
      report(place, 'These fields are required: [Type]');
      continue;
    }
    const language = languageOf(state, place, scope);
    checkState({ state, type: state['Type'], at: place, language, express: scope.express, report });
    checkInside(state, place, scope);
  }
  if (typeof startAt === 'string') checkTransitions(states, startAt, at, report);
  else report(`${at}/StartAt`, 'Expected value of type String');
}

/** Largest definition in bytes. */
const definitionLimit = 1_048_576;

/** Everything that is wrong with a definition; none means it can be run. */
export const validateDefinition = (text: string, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): Diagnostic[] => {
  const found: Diagnostic[] = [];
  const report: Report = (location, message, code = 'SCHEMA_VALIDATION_FAILED') => {
    found.push({ severity: 'ERROR', code, message, location });
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
  if (!isObject(json)) {
    report('/', 'Expected value of type Object');
    return found;
  }
  const language = json['QueryLanguage'] === 'JSONata' ? 'JSONata' : 'JSONPath';
  checkBlock(json, '', { language, express: type === 'EXPRESS', report, names: new Set() }, machineFields);
  return found;
};

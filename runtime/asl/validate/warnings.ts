/**
 * What may be run and is likely not meant: the warnings of ValidateStateMachineDefinition.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
 */
import { isObject, type Json } from '../json.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isReadable } from './templates.ts';
import { statesIn, type Placed } from './walk.ts';

type Warn = (location: string, message: string, code: string) => void;

const looksEvaluated = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^(?:\$|States\.\w+\()/.test(value) && isReadable(value);

const templates = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'Credentials'];

const checkTemplate = (value: Json | undefined, at: string, warn: Warn) => {
  if (Array.isArray(value)) value.forEach((item, i) => checkTemplate(item, `${at}[${i}]`, warn));
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key.endsWith('.$')) continue;
    if (looksEvaluated(inner))
      warn(
        `${at}/${key}`,
        `The value of the field '${key}' looks like a JSONPath or an intrinsic function, but the name of the field does not end with '.$'`,
        'NO_DOLLAR',
      );
    else checkTemplate(inner, `${at}/${key}`, warn);
  }
};

/** Texts that are no values: what they hold is never meant as a path. */
const plain = new Set(['Type', 'Comment', 'Next', 'Default', 'Resource', 'QueryLanguage', 'Label', 'Variable']);

/** Fields of a state, of its choice rules and of what is inside these. */
const checkFields = (fields: Readonly<Record<string, Json>>, at: string, warn: Warn) => {
  for (const [field, value] of Object.entries(fields)) {
    if (field.endsWith('Path') || plain.has(field) || templates.includes(field)) continue;
    if (looksEvaluated(value))
      warn(
        `${at}/${field}`,
        `The value of the field '${field}' looks like a path, but the name of the field does not end with 'Path'`,
        'NO_PATH',
      );
    if (field === 'Not' && isObject(value)) checkFields(value, `${at}/${field}`, warn);
    if (!Array.isArray(value) || !['Choices', 'And', 'Or'].includes(field)) continue;
    for (const [i, rule] of value.entries()) if (isObject(rule)) checkFields(rule, `${at}/${field}[${i}]`, warn);
  }
};

const holdsPath = (value: Json | undefined): boolean => {
  if (Array.isArray(value)) return value.some(holdsPath);
  if (!isObject(value)) return looksEvaluated(value);
  return Object.entries(value).some(
    ([key, inner]) => (key.endsWith('.$') && typeof inner === 'string') || holdsPath(inner),
  );
};

const checkState = ({ state, at }: Placed, warn: Warn) => {
  const { Result: result, ...fields } = state;
  if (state['Type'] === 'Pass' && holdsPath(result))
    warn(
      `${at}/Result`,
      'The Result of a Pass state is static: a path or an intrinsic function in it is not evaluated',
      'PASS_RESULT_IS_STATIC',
    );
  for (const field of templates) checkTemplate(state[field], `${at}/${field}`, warn);
  checkFields(fields, at, warn);
};

/** The warnings about a definition; JSONata states have none, as their expressions are marked. */
export const warningsIn = (definition: Json): Diagnostic[] => {
  const found: Diagnostic[] = [];
  const warn: Warn = (location, message, code) => {
    found.push({ severity: 'WARNING', code, message, location });
  };
  for (const placed of statesIn(definition)) if (placed.language === 'JSONPath') checkState(placed, warn);
  return found;
};

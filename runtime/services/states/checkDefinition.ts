import { sentence, validateDefinition } from '../../asl/validate/index.ts';
import { isObject, type Json } from '../../asl/json.ts';
import { readResource } from '../../asl/resource.ts';
import { AwsError } from '../../operation.ts';
import { canPerform, performable } from './integrations/index.ts';

/** Every Task's Resource, wherever it stands. */
const unsupported = (json: Json | undefined): string | undefined => {
  if (Array.isArray(json)) return json.map(unsupported).find((found) => found !== undefined);
  if (!isObject(json)) return undefined;
  if (json['Type'] === 'Task' && typeof json['Resource'] === 'string') {
    const resource = readResource(json['Resource']);
    if (resource && !canPerform(resource)) {
      return `the resource ${json['Resource']} is not supported by this runtime; it supports: ${performable.join(', ')}`;
    }
  }
  return Object.values(json)
    .map(unsupported)
    .find((found) => found !== undefined);
};

/** Throws InvalidDefinition. */
export const checkLanguage = (definition: string, type: 'STANDARD' | 'EXPRESS'): void => {
  const found = validateDefinition(definition, type);
  if (found.length > 0) {
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${found.map(sentence).join(', ')}'`);
  }
};

/** Throws InvalidDefinition, or NotImplemented for what AWS would accept and this runtime cannot run. */
export const checkDefinition = (definition: string, type: 'STANDARD' | 'EXPRESS'): void => {
  checkLanguage(definition, type);
  checkSupported(JSON.parse(definition) as Json);
};

/** Throws NotImplemented for a state, or anything around states, that this runtime cannot run. */
export const checkSupported = (json: Json): void => {
  const lacking = unsupported(json);
  if (lacking !== undefined) throw new AwsError('NotImplemented', `NotImplemented: ${lacking}`, 501);
};

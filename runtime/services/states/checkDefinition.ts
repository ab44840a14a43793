import { sentence, validateDefinition, type Diagnostic } from '../../asl/validate/index.ts';
import { isObject, type Json } from '../../asl/json.ts';
import { readResource } from '../../asl/resource.ts';
import { AwsError } from '../../operation.ts';
import { canPerform, performable } from './integrations/index.ts';
import { unknownSdkResources } from './sdkResources.ts';

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

/** Everything AWS would refuse in a definition; none means that it can be created. */
export const faultsIn = (definition: string, type: 'STANDARD' | 'EXPRESS'): Diagnostic[] => {
  const found = validateDefinition(definition, type);
  return [...found, ...unknownSdkResources(parsed(definition))];
};

/** The definition's JSON; null, which has no states to look at, where it is none: that is said already. */
export const parsed = (definition: string): Json => {
  try {
    return JSON.parse(definition) as Json;
  } catch {
    return null;
  }
};

/** Throws InvalidDefinition. */
export const checkLanguage = (definition: string, type: 'STANDARD' | 'EXPRESS'): void => {
  const found = faultsIn(definition, type);
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

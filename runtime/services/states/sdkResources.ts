/** AWS SDK integrations of a definition that AWS itself would not know. */
import type { Json } from '../../asl/json.ts';
import { readResource } from '../../asl/resource.ts';
import type { Diagnostic } from '../../asl/validate/index.ts';
import { statesIn } from '../../asl/validate/walk.ts';
import sdkNames from './integrations/sdkNames.json' with { type: 'json' };

const services: ReadonlySet<string> = new Set(sdkNames.services);
const operations: Readonly<Record<string, readonly string[]>> = sdkNames.operations;

/** Services are named in small letters, operations begin with one; those of services whose model is not at hand are believed. */
const isKnown = (service: string, action: string): boolean => {
  if (!services.has(service) || !/^[a-z]/.test(action)) return false;
  const known = Object.hasOwn(operations, service) ? operations[service] : undefined;
  return known?.includes(action.charAt(0).toUpperCase() + action.slice(1)) ?? true;
};

/** A finding for each Task whose `aws-sdk` Resource names no service or operation of AWS, or waits with `.sync`. */
export const unknownSdkResources = (definition: Json): Diagnostic[] => {
  const found: Diagnostic[] = [];
  for (const { state, at } of statesIn(definition)) {
    if (state['Type'] !== 'Task' || typeof state['Resource'] !== 'string') continue;
    const resource = readResource(state['Resource']);
    if (resource?.kind !== 'service' || !resource.type.startsWith('aws-sdk:')) continue;
    if (resource.pattern !== 'sync' && isKnown(resource.type.slice('aws-sdk:'.length), resource.action)) continue;
    found.push({
      severity: 'ERROR',
      code: 'SCHEMA_VALIDATION_FAILED',
      message: `The resource provided ${resource.arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
      location: `${at}/Resource`,
    });
  }
  return found;
};

import { arnOf, type Place } from './arns.ts';
import { isBusy, type Endpoint } from './endpoint.ts';
import { validationError } from './failures.ts';
import type { SageMakerTables } from './sagemakerState.ts';

/** The endpoint of this name. Throws ValidationException. */
export const endpointNamed = (tables: SageMakerTables, place: Place, name: string): Endpoint => {
  const endpoint = tables.endpoints.get(name);
  if (!endpoint) throw validationError(`Could not find endpoint "${arnOf(place, 'endpoint', name)}".`);
  return endpoint;
};

/** The endpoint of this name, at rest. Throws ValidationException. */
export const restingEndpoint = (tables: SageMakerTables, place: Place, name: string): Endpoint => {
  const endpoint = endpointNamed(tables, place, name);
  if (isBusy(endpoint)) throw validationError(`Cannot update in-progress endpoint "${endpoint.EndpointArn}".`);
  return endpoint;
};

/** The endpoint of this name, at rest and in service. Throws ValidationException. */
export const updatableEndpoint = (tables: SageMakerTables, place: Place, name: string): Endpoint => {
  const endpoint = restingEndpoint(tables, place, name);
  if (endpoint.EndpointStatus === 'Failed')
    throw validationError(`Cannot update failed endpoint "${endpoint.EndpointArn}"; it can only be deleted.`);
  return endpoint;
};

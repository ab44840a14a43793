/** The one way into an operation, from the wire and from sibling services alike: find → validate → authorize → run. */
import { AwsError, type HttpRequest, type Need, type Principal, type Service, type World } from '../operation.ts';
import { validate } from './validation.ts';

export interface DispatchedCall {
  principal: Principal;
  service: string;
  operation: string;
  input: unknown;
  requestId: string;
  textual: boolean;
  http?: HttpRequest;
}

/** Throws AwsError when the principal may not do what is needed. */
export type Authorize = (principal: Principal, needs: readonly Need[], service: Service) => void;

export type Dispatch = (call: DispatchedCall) => Promise<unknown>;

const listed = (names: Iterable<string>) => [...names].toSorted().join(', ');

/** The service of this name; throws UnknownServiceException with the ones there are. */
export const serviceNamed = (services: ReadonlyMap<string, Service>, name: string): Service => {
  const service = services.get(name);
  if (service) return service;
  throw new AwsError(
    'UnknownServiceException',
    `This runtime has no service '${name}'; it has: ${listed(services.keys())}`,
    501,
  );
};

export const dispatcher =
  (world: World, services: ReadonlyMap<string, Service>, authorize: Authorize): Dispatch =>
  async ({ principal, service: serviceName, operation: name, input, requestId, textual, http }) => {
    const service = serviceNamed(services, serviceName);
    const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    if (!operation)
      throw new AwsError(
        service.protocol === 'awsQuery' ? 'InvalidAction' : 'UnknownOperationException',
        `${service.name} has no operation '${name}' in this runtime; it has: ${listed(Object.keys(service.operations))}`,
      );
    const valid = validate(service.name, name, operation, input, textual);
    const call = { world, state: service.state, principal, requestId, ...(http && { http }) };
    authorize(principal, operation.needs(valid, call), service);
    return operation.run(valid, call);
  };

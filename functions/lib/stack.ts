/** Names that carry the stack's, service and stage. */
import { endpointName, modelPackageGroupName } from '../../spec/names.ts';
import { environment } from './environment.ts';

export const endpointOf = (pipeline: string) => endpointName(environment('STACK'), pipeline);
export const modelGroupOf = (pipeline: string) => modelPackageGroupName(environment('STACK'), pipeline);

import type { JsonObject } from '../../../asl/json.ts';
import { withMetadata, type Integration } from './integration.ts';

/** `dynamodb:getItem`, `putItem`, `updateItem`, `deleteItem`: the wire's own shapes in and out. */
export const item: Integration = async ({ world, principal, input, resource }) => {
  const operation = resource.action.charAt(0).toUpperCase() + resource.action.slice(1);
  return withMetadata(world, (await world.call(principal, 'dynamodb', operation, input)) as JsonObject);
};

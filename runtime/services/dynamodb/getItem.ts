import { itemOperation } from './itemOperation.ts';

/** One item by its key. */
export const getItem = itemOperation('GetItem', [
  'Key',
  'AttributesToGet',
  'ConsistentRead',
  'ReturnConsumedCapacity',
  'ProjectionExpression',
  'ExpressionAttributeNames',
]);

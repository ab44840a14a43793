import { itemOperation } from './itemOperation.ts';

/** Writes a whole item, on a condition if one is given. */
export const putItem = itemOperation('PutItem', [
  'Item',
  'Expected',
  'ConditionalOperator',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
]);

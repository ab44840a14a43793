import { itemOperation } from './itemOperation.ts';

/** Deletes an item, on a condition if one is given. */
export const deleteItem = itemOperation('DeleteItem', [
  'Key',
  'Expected',
  'ConditionalOperator',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
]);
